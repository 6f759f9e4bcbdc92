// The panel of the chart over time. Paid channels have warm colours, other channels have cool colours.
import { question, MOST } from './asking.js';
import { chart } from './chart.js';
import { button, h } from './dom.js';
import { bucket, byAmount, capital, money, number, percent, plural, signed } from './format.js';
import { COMPARISONS, daysOf, labelOf, labels, today, unitOf } from './period.js';
import { go, toggle } from './state.js';

const WARM = 3, COOL = 4, OTHER = 'Other';
const NEEDS = { visits: 'visits', conversions: 'conversions', revenue: 'revenue', cost: 'cost',
  conversion_rate: 'visits,conversions', cost_per_conversion: 'conversions,cost', roi: 'revenue,cost' };
const RATIOS = ['conversion_rate', 'cost_per_conversion', 'roi'];

const metricName = (view) => ({
  visits: 'Visits', conversions: capital(plural(view.s.event)), conversion_rate: 'Conversion rate',
  revenue: `Revenue in ${view.currency}`, cost: `Cost of ads in ${view.currency}`,
  cost_per_conversion: `Cost per ${view.s.event} of channels that cost money`,
  roi: 'Return of channels that cost money' })[view.metric];

const shown = ({ metric, currency }) => (value, isTick) => ({
  conversion_rate: () => percent(value), roi: () => signed(value),
  revenue: () => money(value, currency, true), cost: () => money(value, currency, true),
  cost_per_conversion: () => money(value, currency, isTick) }[metric] || (() => number(value, 1)))();

export const overTime = {
  id: 'time', wide: true, now: true,
  title: (view) => `${metricName(view)} by ${unitOf(view.when)}`,
  load(view, ask) {
    const more = { by: `${unitOf(view.when)},channel`, metrics: NEEDS[view.metric], limit: MOST };
    return Promise.all([ask(question(view, more)), view.past && ask(question(view, more, view.past))]);
  },
  draw(view, [now, past]) {
    const unit = unitOf(view.when), all = labels(view.when, unit), series = seriesOf(view, now, all, unit);
    const before = past && sums(view, past, labels(view.past, unit), unit);
    const title = this.title(view), names = all.map(bucket);
    return [legend(series, before, COMPARISONS[view.s.compare]), chart({
      title, labels: all, names, series, before: before && before.slice(0, all.length), show: shown(view),
      partial: all.indexOf(labelOf(today(view.s.zone), unit)),
      open: (label) => unit !== 'hour' && go({ period: null, ...daysOf(label, view.when, unit) }) })];
  } };

const amount = (view, row, name) => {
  const value = row[name] ?? 0;
  return typeof value === 'object' ? value[view.currency] || 0 : value;
};

// The rows of an answer, by the label of the bar that shows them. An hour in an answer ends with minutes and an
// offset, which the labels of bars do not have.
function byLabel(rows, unit) {
  const found = new Map();
  for (const row of rows) {
    const label = unit === 'hour' ? row.hour.slice(0, 13) : row[unit];
    found.set(label, [...(found.get(label) || []), row]);
  }
  return found;
}

function value(view, rows) {
  const of = (name, some = rows) => some.reduce((sum, row) => sum + amount(view, row, name), 0);
  if (!RATIOS.includes(view.metric)) return of(view.metric);
  if (view.metric === 'conversion_rate') return of('visits') ? of('conversions') / of('visits') : 0;
  const ads = rows.filter((row) => view.paid.has(row.channel)), cost = of('cost', ads);
  if (view.metric === 'roi') return cost ? of('revenue', ads) / cost - 1 : 0;
  return of('conversions', ads) ? cost / of('conversions', ads) : 0;
}

const sums = (view, answer, all, unit) => {
  const rows = byLabel(answer.results, unit);
  return all.map((label) => value(view, rows.get(label) || []));
};

function seriesOf(view, answer, all, unit) {
  if (RATIOS.includes(view.metric)) {
    const look = view.metric === 'conversion_rate' ? 'k0' : 'w0';
    return [{ name: metricName(view), look, values: sums(view, answer, all, unit) }];
  }
  const rows = byLabel(answer.results, unit), totals = {};
  for (const row of answer.results)
    totals[row.channel] = (totals[row.channel] || 0) + amount(view, row, view.metric);
  const ranked = byAmount(totals).filter(([, sum]) => sum).map(([channel]) => channel);
  const warm = ranked.filter((each) => view.paid.has(each)).slice(0, WARM);
  const cool = ranked.filter((each) => !view.paid.has(each)).slice(0, COOL);
  const rest = ranked.filter((each) => !warm.includes(each) && !cool.includes(each));
  const one = (names, name, look) => ({ name, look, values: all.map((label) =>
    value(view, (rows.get(label) || []).filter((row) => names.includes(row.channel)))) });
  return [...warm.map((each, i) => one([each], each, `w${i}`)),
    ...cool.map((each, i) => one([each], each, `k${i}`)), ...(rest.length ? [one(rest, OTHER, 'other')] : [])];
}

function legend(series, before, compared) {
  const mark = ({ name, look }) => (name === OTHER || series.length === 1
    ? h('span', { class: look }, h('i'), name)
    : button([h('i'), name], () => toggle({ field: 'channel', value: name }), { class: look, title: `Filter by ${name}` }));
  return h('div', { class: 'legend' }, series.map(mark),
    before && h('span', {}, h('i', { class: 'line' }), compared));
}

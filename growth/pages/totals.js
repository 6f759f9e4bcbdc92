// The sentence at the top, and the tiles of totals. A click on a tile chooses what the chart shows.
import { button, h, soft } from './dom.js';
import { byAmount, capital, date, listed, money, number, percent, plural, signed } from './format.js';
import { go } from './state.js';
import { PERIODS } from './period.js';
import { judged, nameOf } from './ads.js';

const NOTHING = '\u00a0'; // a space, so that an empty line keeps its height
const HUGE = 10; // above this ratio to the earlier value, words replace the percentage

function periodName({ s }) {
  if (s.period !== 'own') return PERIODS[s.period];
  return s.from === s.to ? date(s.from) : `${date(s.from)} to ${date(s.to)}`;
}

export function sentence(view) {
  const { now, s } = view, { ads } = now.totals, bold = (text, look) => h('b', { class: look }, text);
  const all = `${number(now.totals.conversions)} ${plural(s.event, now.totals.conversions)}`;
  if (!byAmount(ads?.cost).length) return h('h1', {}, `${periodName(view)}: `, bold(all), now.totals.cost === null
    ? '. Costs are not known under these filters.'
    : ' and no cost known. Send what the ads cost to see whether they were worth it.');
  return h('h1', {}, `${periodName(view)}, ads cost `, bold(listed(byAmount(ads.cost), ' and ')), ' and brought ',
    bold(`${number(ads.conversions)} of ${all}`), '. ', returns(ads, bold), extremes(view, bold));
}

function returns({ roi, cost }, bold) {
  const known = byAmount(cost).filter(([currency]) => roi?.[currency] != null);
  const one = ([currency], i) => [i ? ', each ' : 'Each ', money(1, currency, true), i ? ' as ' : ' came back as ',
    bold(money(1 + roi[currency], currency), roi[currency] >= 0 ? 'up' : 'down')];
  return known.length ? [known.map(one), '. '] : [];
}

function extremes(view, bold) {
  const sure = judged(view).filter((each) => !each.isFew), worth = sure.filter((each) => each.roi != null);
  const top = (some, order) => [...some].sort(order)[0];
  if (!worth.length) return prices(sure, bold);
  const best = top(worth, (a, b) => b.roi - a.roi), worst = top(worth, (a, b) => a.gain - b.gain);
  const one = (text, { row }, figure, look) => [text, bold(nameOf(row)), ' (', bold(figure, look), ')'];
  return [best.roi > 0 && [one('Best: ', best, signed(best.roi), 'up'), '. '],
    worst.gain < 0 && [one('Lost most: ', worst, money(worst.gain, worst.currency, true), 'down'), '.']];
}

// A sentence about the ads with the lowest and the highest cost per conversion, for events without revenue.
function prices(sure, bold) {
  const main = sure.filter((each) => each.currency === sure[0]?.currency).sort((a, b) => a.each - b.each);
  if (main.length < 2) return [];
  const one = (text, { row, each, currency }, look) =>
    [text, bold(nameOf(row)), ' (', bold(money(each, currency), look), ' each)'];
  return [one('Cheapest: ', main[0], 'up'), '. ', one('Dearest: ', main.at(-1), 'down'), '.'];
}

export function totals(view) {
  const { now, was, currency, s, metric: chosen } = view, t = now.totals, before = was?.totals;
  const tile = (metric, label, value, ...notes) => button(
    [h('small', {}, label), h('strong', {}, value), h('small', {}, notes)], () => go({ metric }),
    { class: 'tile', 'data-metric': metric, 'aria-pressed': String(metric === chosen) });
  const count = (name, label, show) => tile(name, label, show(t[name]), change(t[name], before?.[name]));
  const amount = (name, label, better, of = (totals) => totals?.[name]) => tile(name, label,
    money(of(t)?.[currency], currency), change(of(t)?.[currency], of(before)?.[currency], better));
  const [roi, past] = [t, before].map((totals) => totals?.ads?.roi?.[currency]);
  return h('div', { class: 'tiles', role: 'group', 'aria-label': 'Totals; choose one to see it over time' },
    count('visits', 'Visits', number), count('conversions', capital(plural(s.event)), (n) => number(n, 1)),
    count('conversion_rate', 'Rate', percent),
    withOthers(amount('revenue', 'Revenue'), t.revenue, currency),
    withOthers(amount('cost', 'Cost of ads', 'neither'), t.cost, currency),
    amount('cost_per_conversion', `Cost per ${s.event}`, 'less', (totals) => totals?.ads?.cost_per_conversion),
    tile('roi', 'Return on ads', signed(roi), past == null ? NOTHING : `was ${signed(past)}`));
}

// Adds the amounts in other currencies to a tile.
function withOthers(tile, sums, currency) {
  const others = byAmount(sums).filter(([code]) => code !== currency);
  if (others.length) tile.lastChild.append(soft(` · also ${listed(others)}`));
  return tile;
}

// The change of a value since the period to compare with. A change for the better is green. If the earlier value is 0
// or much smaller than the new one, words replace the percentage.
export function change(now, before, better = 'more') {
  if (now == null || before == null) return NOTHING;
  if (!before) return now ? 'none before' : NOTHING;
  if (now / before > HUGE) return 'hardly any before';
  const ratio = now / before - 1, size = Math.abs(ratio), isGood = (ratio > 0) === (better === 'more');
  const look = better === 'neither' || size < 0.005 ? 'soft' : isGood ? 'up' : 'down';
  return h('span', { class: look }, `${ratio > 0 ? '▲' : ratio < 0 ? '▼' : '='} ${percent(size, size < 0.1 ? 1 : 0)}`);
}

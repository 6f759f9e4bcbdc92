// The answer as a sentence, and the totals: each chooses what the chart shows.
import { h } from './dom.js';
import { amounts, byAmount, capital, date, money, number, percent, plural, signed } from './format.js';
import { go, MODELS } from './state.js';
import { PERIODS } from './period.js';
import { judged, nameOf } from './ads.js';

const HUGE = 10; // times more than before, from which a percentage says nothing

export function periodName({ s, when }) {
  return s.period === 'own' ? (s.from === s.to ? date(s.from) : `${date(s.from)} to ${date(s.to)}`) : PERIODS[s.period];
}

export function sentence(view) {
  const { now, s } = view, { ads } = now.totals, bold = (text, look) => h('b', { class: look }, text);
  const all = `${number(now.totals.conversions)} ${plural(s.event, now.totals.conversions)}`;
  if (!byAmount(ads?.cost).length) return h('h1', {}, `${periodName(view)}: `, bold(all), now.totals.cost === null
    ? '. Costs are not known by these filters.'
    : ' and no cost known. Send what the ads cost to see whether they were worth it.');
  return h('h1', {}, `${periodName(view)}, ads cost `, bold(amounts(ads.cost)), ' and brought ',
    bold(`${number(ads.conversions)} of ${all}`), '. ', returns(ads, bold), extremes(view, bold));
}

function returns({ roi, cost }, bold) {
  const known = byAmount(cost).map(([currency]) => [currency, roi?.[currency]]).filter(([, value]) => value != null);
  const one = ([currency, value], i) => [i ? `, each ${money(1, currency, true)} as ` : `Each ${money(1, currency, true)} came back as `,
    bold(money(1 + value, currency), value >= 0 ? 'up' : 'down')];
  return known.length ? [known.map(one), '. '] : [];
}

function extremes(view, bold) {
  const sure = judged(view).filter((each) => !each.isFew), worth = sure.filter((each) => each.roi != null);
  const top = (some, order) => [...some].sort(order)[0];
  if (!worth.length) return prices(sure, bold);
  const best = top(worth, (a, b) => b.roi - a.roi), worst = top(worth, (a, b) => a.gain - b.gain);
  return [best.roi > 0 && ['Best: ', bold(nameOf(best.row)), ' (', bold(signed(best.roi), 'up'), '). '],
    worst.gain < 0 && ['Lost most: ', bold(nameOf(worst.row)), ' (', bold(money(worst.gain, worst.currency, true), 'down'), ').']];
}

// Where nothing is earned, what one conversion cost.
function prices(sure, bold) {
  const main = sure.filter((each) => each.currency === sure[0]?.currency).sort((a, b) => a.each - b.each);
  if (main.length < 2) return [];
  const one = (text, { row, each, currency }, look) => [text, bold(nameOf(row)), ' (', bold(money(each, currency), look), ' each)'];
  return [one('Cheapest: ', main[0], 'up'), '. ', one('Dearest: ', main.at(-1), 'down'), '.'];
}

export function totals(view) {
  const { now, was: past, currency, s } = view, t = now.totals, b = past?.totals, of = (sums) => sums?.[currency];
  const also = (sums) => byAmount(sums).filter(([code]) => code !== currency).map(([code, sum]) => money(sum, code, true)).join(', ');
  const tile = (metric, label, value, told, more) => h('button', {
    type: 'button', class: 'tile', 'data-metric': metric, 'aria-pressed': String(view.metric === metric), onclick: () => go({ metric }) },
  h('small', {}, label), h('strong', {}, value), h('small', {}, told, more && h('span', { class: 'soft' }, ` · also ${more}`)));
  const roi = of(t.ads?.roi), before = of(b?.ads?.roi);
  return h('div', { class: 'tiles', role: 'group', 'aria-label': 'Totals; a choice shows it over time' },
    tile('visits', 'Visits', number(t.visits), change(t.visits, b?.visits)),
    tile('conversions', capital(plural(s.event)), number(t.conversions), change(t.conversions, b?.conversions)),
    tile('conversion_rate', 'Rate', percent(t.conversion_rate), change(t.conversion_rate, b?.conversion_rate)),
    tile('revenue', 'Revenue', money(of(t.revenue), currency), change(of(t.revenue), of(b?.revenue)), also(t.revenue)),
    tile('cost', 'Cost of ads', money(of(t.cost), currency), change(of(t.cost), of(b?.cost), 'neither'), also(t.cost)),
    tile('cost_per_conversion', `Cost per ${s.event}`, money(of(t.ads?.cost_per_conversion), currency),
      change(of(t.ads?.cost_per_conversion), of(b?.ads?.cost_per_conversion), 'less')),
    tile('roi', 'Return on ads', signed(roi), before == null ? '\u00a0' : `was ${signed(before)}`));
}

// Against the period before: green where it is better, in words where a percentage says nothing.
export function change(now, before, better = 'more') {
  if (now == null || before === undefined && !now) return '\u00a0';
  if (!before) return before === undefined ? '\u00a0' : 'none before';
  if (now / before > HUGE) return 'hardly any before';
  const ratio = now / before - 1, isGood = better === 'less' ? ratio < 0 : ratio > 0;
  const look = better === 'neither' || Math.abs(ratio) < 0.005 ? 'soft' : isGood ? 'up' : 'down';
  return h('span', { class: look }, `${ratio > 0 ? '▲' : ratio < 0 ? '▼' : '='} ${percent(Math.abs(ratio), Math.abs(ratio) < 0.1 ? 1 : 0)}`);
}

export const rule = ({ s }) => `${MODELS[s.model][0]}: ${MODELS[s.model][1]}.`;

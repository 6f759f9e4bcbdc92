// Ads: was it worth it? Each in the currency it cost, around the line where it came back.
import { question, MOST } from './asking.js';
import { breakable, h } from './dom.js';
import { byAmount, capital, money, number, plural, signed } from './format.js';
import { MODELS, toggle, filtered } from './state.js';
import { table } from './tables.js';

export const FEW = 10; // conversions under which nothing is judged
const WIDTH = 200, EVEN = 70, TRIPLED = 2, SHOWN = 12;

export const GRAIN = 'campaign,source,channel';
export const nameOf = ({ campaign, source, channel }) => campaign || source || channel;

// The rows that cost something, judged, best first and too few last.
export function judged({ now }) {
  return now.results.filter((row) => byAmount(row.cost).some(([, cost]) => cost > 0)).map((row) => {
    const [currency, cost] = byAmount(row.cost)[0], earned = row.revenue?.[currency] || 0;
    return { row, currency, cost, earned, roi: row.roi?.[currency], gain: earned - cost,
      each: row.conversions ? cost / row.conversions : Infinity, isFew: row.conversions < FEW };
  }).sort((a, b) => a.isFew - b.isFew || (b.roi ?? -2) - (a.roi ?? -2) || a.each - b.each);
}

export const ads = {
  id: 'ads', wide: true, now: true,
  title: (view) => (judged(view).some((each) => each.roi != null) ? 'Ads: was it worth it?' : `Ads: what a ${view.s.event} cost`),
  note: (view) => `${MODELS[view.s.model][0]}: ${MODELS[view.s.model][1]}. Fewer than ${FEW} ${plural(view.s.event)} are too few to judge by.`,
  load: (view, ask) => (view.s.model === 'acquisition' || !judged(view).length ? null
    : ask(question(view, { by: GRAIN, model: 'acquisition', metrics: 'revenue', limit: MOST }))),
  draw(view, acquired) {
    const rows = judged(view);
    if (!rows.length) return h('p', { class: 'soft' }, view.now.totals.cost === null
      ? 'What ads cost is not known by these filters.' : 'No cost is known in this period.');
    const isWorth = rows.some((each) => each.roi != null), most = Math.max(...rows.map((each) => (each.isFew ? 0 : each.each)));
    return table(rows, isWorth ? [...common(view), ...worth(view, rows, acquired)] : [...common(view), ...price(most)],
      { label: 'Ads', shown: SHOWN });
  } };

const common = (view) => [
  ['Ad', ({ row }) => adName(view, row), 'name'],
  ['Visits', ({ row }) => number(row.visits), 'second'],
  [capital(plural(view.s.event)), ({ row }) => number(row.conversions, 1)],
  ['Cost', ({ cost, currency }) => money(cost, currency, true)]];

function adName({ s }, row) {
  const [field, value] = row.campaign ? ['campaign', row.campaign] : ['source', row.source];
  return [h('button', { type: 'button', 'aria-pressed': String(filtered(s, field, value)),
    title: `Filter by ${value}`, onclick: () => toggle({ field, value }) }, breakable(nameOf(row))), ' ',
  h('small', {}, row.campaign ? row.source : 'no campaign')];
}

function worth(view, rows, acquired) {
  const key = (row) => JSON.stringify([row.campaign, row.source, row.channel]);
  const since = acquired && new Map(acquired.results.map((row) => [key(row), row.revenue || {}]));
  const others = (row, currency) => byAmount(row.revenue).filter(([code]) => code !== currency);
  return [
    ['Cost each', ({ each, currency }) => (each === Infinity ? '–' : money(each, currency)), 'second'],
    ['Revenue', ({ earned, currency }) => money(earned, currency, true), 'second'],
    rows.some(({ row, currency }) => others(row, currency).length) && ['in other currencies',
      ({ row, currency }) => h('small', {}, others(row, currency).map(([code, sum]) => money(sum, code, true)).join(', ')),
      'second', 'Not part of the return: currencies are never added up'],
    since && ['of customers it won', ({ row, currency }) => money(since.get(key(row))?.[currency] || 0, currency, true),
      'second', `Revenue by acquisition: ${MODELS.acquisition[1]}`],
    [scale(), ({ roi, isFew }) => (roi == null ? '' : even(roi, isFew)), 'picture'],
    ['Return', ({ roi }) => signed(roi), 'second'],
    ['Result', verdict]].filter(Boolean);
}

function verdict({ roi, gain, currency, isFew }) {
  if (isFew || roi == null) return h('b', { class: 'soft' }, isFew ? 'too few' : 'no revenue');
  return h('b', { class: gain >= 0 ? 'up' : 'down' }, `${gain >= 0 ? 'earned' : 'lost'} ${money(Math.abs(gain), currency, true)}`);
}

const picture = (...children) => h('svg', { class: 'even', width: WIDTH, height: 20, 'aria-hidden': 'true' }, ...children);

const scale = () => [h('span', { class: 'unseen' }, 'Return as a bar'), picture(
  h('text', { x: 0, y: 15 }, 'all lost'), h('text', { x: EVEN, y: 15, 'text-anchor': 'middle' }, 'even'),
  h('text', { x: WIDTH, y: 15, 'text-anchor': 'end' }, 'tripled'))];

// Left of the line is lost, right of it earned.
function even(roi, isFew) {
  const width = Math.max(1.5, roi < 0 ? Math.min(-roi, 1) * EVEN : (Math.min(roi, TRIPLED) / TRIPLED) * (WIDTH - EVEN - 1));
  return picture(h('rect', { class: isFew ? 'few' : roi < 0 ? 'lost' : 'earned', x: roi < 0 ? EVEN - width : EVEN, y: 4, width, height: 12 }),
    h('line', { x1: EVEN, x2: EVEN, y1: 0, y2: 20 }));
}

const price = (most) => [
  ['', ({ each, isFew }) => each !== Infinity && picture(h('rect', {
    class: isFew ? 'few' : 'price', x: 1, y: 4, width: Math.max(1.5, Math.min(1, each / (most || each)) * (WIDTH - 2)), height: 12 })), 'picture'],
  ['Cost each', ({ each, isFew, currency }) => h('b', { class: isFew && 'soft' }, isFew ? 'too few' : money(each, currency))]];

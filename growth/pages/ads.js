// The panel of ads: what each ad cost and earned, in the currency of its cost.
import { question, MOST } from './asking.js';
import { breakable, h } from './dom.js';
import { byAmount, capital, listed, money, number, plural, signed } from './format.js';
import { MODELS } from './state.js';
import { filterBy, table } from './tables.js';

const FEW = 10; // an ad with fewer than this many conversions is not judged
const WIDTH = 200, EVEN = 70, TRIPLED = 2, SHOWN = 12;

export const GRAIN = 'campaign,source,channel';
export const nameOf = ({ campaign, source, channel }) => campaign || source || channel;

// The ads that have a cost, sorted by return, best first. Ads with too few conversions are last.
export function judged({ now }) {
  return now.results.filter((row) => byAmount(row.cost).some(([, cost]) => cost > 0)).map((row) => {
    const [currency, cost] = byAmount(row.cost)[0], earned = row.revenue?.[currency] || 0;
    return { row, currency, cost, earned, roi: row.roi?.[currency], gain: earned - cost,
      each: row.conversions ? cost / row.conversions : Infinity, isFew: row.conversions < FEW };
  }).sort((a, b) => a.isFew - b.isFew || (b.roi ?? -2) - (a.roi ?? -2) || a.each - b.each);
}

const isWorth = (rows) => rows.some((each) => each.roi != null);

export const ads = {
  id: 'ads', wide: true, now: true,
  title: (view) => (isWorth(judged(view)) ? 'Ads: was it worth it?' : `Ads: what a ${view.s.event} cost`),
  note: ({ s }) => `${MODELS[s.model].join(': ')}. Fewer than ${FEW} ${plural(s.event)} are too few to judge by.`,
  asks: (view) => view.asked,
  load: (view, ask) => (view.s.model === 'acquisition' || !judged(view).length ? null
    : ask(question(view, { by: GRAIN, model: 'acquisition', metrics: 'revenue', limit: MOST }))),
  draw(view, acquired) {
    const rows = judged(view);
    if (!rows.length) return h('p', { class: 'soft' }, view.now.totals.cost === null
      ? 'The cost of ads is not known under these filters.' : 'No cost is known in this period.');
    const columns = isWorth(rows) ? worth(rows, acquired) : price(rows);
    return table(rows, [...common(view), ...columns], { label: 'ads', shown: SHOWN });
  } };

const common = (view) => [
  ['Ad', ({ row }) => adName(view, row), 'name'],
  ['Visits', ({ row }) => number(row.visits), 'second'],
  [capital(plural(view.s.event)), ({ row }) => number(row.conversions, 1)],
  ['Cost', ({ cost, currency }) => money(cost, currency, true)]];

function adName({ s }, row) {
  const field = row.campaign ? 'campaign' : 'source';
  return [filterBy(s, field, row[field], breakable(nameOf(row))), ' ',
    h('small', {}, row.campaign ? row.source : 'no campaign')];
}

function worth(rows, acquired) {
  const key = ({ campaign, source, channel }) => JSON.stringify([campaign, source, channel]);
  const since = acquired && new Map(acquired.results.map((row) => [key(row), row.revenue || {}]));
  const others = ({ row, currency }) => byAmount(row.revenue).filter(([code]) => code !== currency);
  return [
    ['Cost each', ({ each, currency }) => (each === Infinity ? '–' : money(each, currency)), 'second'],
    ['Revenue', ({ earned, currency }) => money(earned, currency, true), 'second'],
    rows.some((each) => others(each).length) && ['in other currencies', (each) => h('small', {}, listed(others(each))),
      'second', 'Not part of the return: currencies are never added up'],
    since && ['of customers it won', ({ row, currency }) => money(since.get(key(row))?.[currency] || 0, currency, true),
      'second', `Revenue by acquisition: ${MODELS.acquisition[1]}`],
    [scale(), ({ roi, isFew }) => (roi == null ? '' : even(roi, isFew)), 'picture'],
    ['Return', ({ roi }) => signed(roi), 'second'],
    ['Result', verdict]].filter(Boolean);
}

function verdict({ roi, gain, currency, isFew }) {
  if (isFew || roi == null) return h('b', { class: 'soft' }, isFew ? 'too few' : 'no revenue');
  const word = gain >= 0 ? 'earned' : 'lost';
  return h('b', { class: gain >= 0 ? 'up' : 'down' }, `${word} ${money(Math.abs(gain), currency, true)}`);
}

const picture = (...children) =>
  h('svg', { class: 'even', width: WIDTH, height: 20, 'aria-hidden': 'true' }, ...children);

const scale = () => [h('span', { class: 'unseen' }, 'Return as a bar'), picture(
  h('text', { x: 0, y: 15 }, 'all lost'), h('text', { x: EVEN, y: 15, 'text-anchor': 'middle' }, 'even'),
  h('text', { x: WIDTH, y: 15, 'text-anchor': 'end' }, 'tripled'))];

// Draws the return as a bar. It begins at a line that stands for a return of 0. The bar of a loss goes to the left of
// this line, the bar of a gain to the right.
function even(roi, isFew) {
  const right = WIDTH - EVEN - 1, share = roi < 0 ? -roi : roi / TRIPLED;
  const width = Math.max(1.5, Math.min(1, share) * (roi < 0 ? EVEN : right));
  const look = isFew ? 'few' : roi < 0 ? 'lost' : 'earned';
  return picture(h('rect', { class: look, x: roi < 0 ? EVEN - width : EVEN, y: 4, width, height: 12 }),
    h('line', { x1: EVEN, x2: EVEN, y1: 0, y2: 20 }));
}

// The columns that are shown if no ad has revenue: the cost per conversion, as a bar and as a number.
function price(rows) {
  const most = Math.max(...rows.map((row) => (row.isFew ? 0 : row.each)));
  const width = (each) => Math.max(1.5, Math.min(1, each / (most || each)) * (WIDTH - 2));
  const bar = ({ each, isFew }) => each !== Infinity && picture(
    h('rect', { class: isFew ? 'few' : 'price', x: 1, y: 4, width: width(each), height: 12 }));
  return [['', bar, 'picture'], ['Cost each', ({ each, isFew, currency }) =>
    h('b', { class: isFew && 'soft' }, isFew ? 'too few' : money(each, currency))]];
}

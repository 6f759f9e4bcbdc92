// The steps of a person's journey: visits with their pages, conversions with their credit, and other events.
import { ask } from './asking.js';
import { h, soft } from './dom.js';
import { duration, instant, money, number, percent, plural, word } from './format.js';
import { MODELS } from './state.js';
import { table } from './tables.js';

const at = (time, s) => h('time', { datetime: time }, instant(time, s.zone));

export function visit(each, won, s) {
  const pages = h('ol', { class: 'pages' });
  const load = async ({ target }) => {
    if (!target.open || pages.childElementCount) return;
    const { results } = await ask({ by: 'pageview', fingerprint: each.fingerprint, from: each.at,
      limit: each.pageviews, sort: 'created_at' });
    pages.replaceChildren(...results.map((page) => h('li', {}, at(page.created_at, s), ' ', path(page.url))));
  };
  const seen = `${number(each.pageviews)} ${plural('page', each.pageviews)} in ${duration(each.duration)}`;
  return h('li', { class: each.paid ? 'paid' : 'free' }, at(each.at, s),
    h('div', {}, h('b', {}, each.channel), ' ', [each.campaign, each.source].filter(Boolean).join(' · '),
      won.length > 0 && h('span', { class: 'earned' }, `earned the ${[...new Set(won)].join(', ')}`)),
    h('details', { ontoggle: load }, h('summary', {}, `${seen}, from ${each.landing_page}`), pages));
}

function path(url) {
  try { return new URL(url).pathname; } catch { return url; }
}

// A conversion with a table of the credit that its clicks got. The table is folded if the previous conversion,
// `before`, has the same clicks with the same credit.
export function conversion(each, before, s) {
  return h('li', { class: 'won' }, at(each.occurred_at, s),
    h('div', {}, h('b', { class: 'up' }, each.event), each.value ? ` ${money(each.value, each.currency, false)}` : ''),
    h('div', { class: 'soft' }, why(each)), credits(each, !before || credit(before) !== credit(each)));
}

const credit = ({ touches }) => JSON.stringify(touches.map((each) => [each.at, percent(each.credit.linear, 0)]));

function why({ last_click: click }) {
  if (!click) return 'Earned by nobody: no click is known.';
  const before = `${duration(click.seconds_before)} before`, name = click.campaign || click.source;
  return click.channel === 'Direct' ? `Earned by a direct visit ${before}: no other click is known.`
    : `Earned by ${name} (${click.channel}), the last click that is not direct, ${before}.`;
}

function credits({ event: name, touches }, isOpen) {
  if (touches.length < 2) return null;
  const models = Object.entries(MODELS).filter(([model]) => touches.some((each) => each.credit[model]));
  const column = ([model, [text, rule]]) =>
    [text, (each) => (each.credit[model] ? percent(each.credit[model], 0) : '–'), null, rule];
  return h('details', { open: isOpen }, h('summary', {}, 'Credit of each click, by model'),
    table(touches, [['Click', (each) => each.campaign || each.source], ...models.map(column)],
      { label: `credit for the ${name}`, shown: Infinity }));
}

export const event = (run, s) => h('li', { class: 'did' }, at(run[0].created_at, s), h('div', {}, word(run[0].name),
  run.length > 1 && soft(` ${run.length} times`), run[0].category && soft(` ${run[0].category}`)));

// A person: what they did and when, and who earned what of it, and why.
import { ask as read } from './asking.js';
import { h } from './dom.js';
import { capital, duration, instant, money, number, percent, word } from './format.js';
import { changed, MODELS } from './state.js';

const VISITS = 200, EVENTS = 200, SHOWN_ID = 20;
const back = () => h('p', {}, h('a', { href: `?${changed({ user_id: null, fingerprint: null })}` }, '← All customers'));

export async function person(s, signal) {
  const who = s.user_id ? { user_id: s.user_id } : { fingerprint: s.fingerprint };
  const ask = (more) => read({ ...who, ...more }, signal);
  const [found, visits, events] = await Promise.all([ask({ by: 'user', include: 'touches' }),
    ask({ by: 'visit', limit: VISITS }), ask({ by: 'event', limit: EVENTS })]);
  if (!found.results.length) return [back(), h('section', { class: 'card' }, h('h1', {}, 'Nobody is known by that id'))];
  return found.results.flatMap((each) => [back(), h('h1', {}, summary(each)), h('section', { class: 'card journey-card' },
    h('h2', {}, 'Journey'), h('p', { class: 'soft' }, `oldest first, times of ${s.zone}`),
    h('ol', { class: 'journey' }, steps(each, visits.results, events.results, s).map((step) => step.shown())))]);
}

function summary({ user_id, fingerprints, conversions, first_visit: first, visits, pageviews, state }) {
  const times = (n, one) => `${number(n)} ${one}${n === 1 ? '' : 's'}`;
  const id = user_id ?? fingerprints[0];
  return [h('b', { title: id }, id.length > SHOWN_ID ? `${id.slice(0, SHOWN_ID)}…` : id), ` (${state}) `,
    first ? ['came first by ', h('b', {}, first.campaign || first.source), ` (${first.channel})`] : 'was never seen on a page',
    `, made ${times(visits, 'visit')} and saw ${times(pageviews, 'page')} on ${times(fingerprints.length, 'device')}.`];
}

// Visits, conversions and other events, in the order of time; a conversion follows its click.
function steps(found, visits, events, s) {
  const own = new Set(found.fingerprints), won = new Map(), known = new Set(found.conversions.map((each) => each.id));
  for (const each of found.conversions) if (each.last_click)
    won.set(each.last_click.at, [...(won.get(each.last_click.at) || []), each.event]);
  const all = [
    ...visits.filter((each) => own.has(each.fingerprint)).map((each) => ({ at: each.at, rank: 0, shown: () => visit(each, won.get(each.at), s) })),
    ...found.conversions.map((each, i, all) => ({ at: each.occurred_at, rank: 1, shown: () => conversion(each, all[i - 1], s) })),
    ...runs(events.filter((each) => !known.has(each.id))).map((run) => ({ at: run[0].created_at, rank: 2, shown: () => event(run, s) }))];
  return all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.rank - b.rank);
}

const at = (time, s) => h('time', { datetime: time }, instant(time, s.zone));

function visit(each, won, s) {
  const pages = h('ol', { class: 'pages' });
  const load = async ({ target }) => {
    if (!target.open || pages.childElementCount) return;
    const { results } = await read({ by: 'pageview', fingerprint: each.fingerprint, from: each.at, limit: each.pageviews, sort: 'created_at' });
    pages.replaceChildren(...results.map(({ created_at: time, url }) => h('li', {}, at(time, s), ' ', path(url))));
  };
  return h('li', { class: each.paid ? 'paid' : 'free' }, at(each.at, s), h('div', {}, h('b', {}, each.channel), ' ',
    [each.campaign, each.source].filter(Boolean).join(' · '), won && h('span', { class: 'earned' }, `earned the ${[...new Set(won)].join(', ')}`)),
  h('details', { ontoggle: load }, h('summary', {}, `${number(each.pageviews)} page${each.pageviews === 1 ? '' : 's'} in ${duration(each.duration)}, from ${each.landing_page}`), pages));
}

const path = (url) => { try { return new URL(url).pathname; } catch { return url; } };

// Whether the clicks have the credit that they had for the conversion before: its table is folded.
const credit = ({ touches = [] }) => JSON.stringify(touches.map((each) => [each.at, percent(each.credit.linear, 0)]));

function conversion(each, before, s) {
  const isSame = before && credit(before) === credit(each);
  return h('li', { class: 'won' }, at(each.occurred_at, s),
    h('div', {}, h('b', { class: 'up' }, each.event), each.value ? ` ${money(each.value, each.currency, false)}` : ''),
    h('div', { class: 'soft' }, why(each)), credits(each, !isSame));
}

function why({ last_click: click }) {
  if (!click) return 'Earned by nobody: no click is known.';
  const before = `${duration(click.seconds_before)} before`;
  return click.channel === 'Direct' ? `Earned by a direct visit ${before}: no other click is known.`
    : `Earned by ${click.campaign || click.source} (${click.channel}), the last click that is not direct, ${before}.`;
}

function credits({ event: name, touches = [] }, isOpen) {
  const models = Object.keys(MODELS).filter((model) => touches.some((each) => each.credit[model]));
  if (touches.length < 2) return null;
  return h('details', { open: isOpen }, h('summary', {}, 'Credit of each click, by model'), h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': `Credit for the ${name}` },
    h('table', {}, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Click'), models.map((model) => h('th', { scope: 'col', title: MODELS[model][1] }, MODELS[model][0])))),
      h('tbody', {}, touches.map((each) => h('tr', {}, h('th', { scope: 'row' }, each.campaign || each.source),
        models.map((model) => h('td', {}, each.credit[model] ? percent(each.credit[model], 0) : '–'))))))));
}

// Events of the same name that follow each other at once are one line.
function runs(events) {
  const found = [];
  for (const each of [...events].reverse()) {
    const last = found.at(-1);
    if (last && last[0].name === each.name) last.push(each);
    else found.push([each]);
  }
  return found;
}

const event = (run, s) => h('li', { class: 'did' }, at(run[0].created_at, s),
  h('div', {}, word(run[0].name), run.length > 1 && h('span', { class: 'soft' }, ` ${run.length} times`),
    run[0].category && h('span', { class: 'soft' }, ` ${run[0].category}`)));

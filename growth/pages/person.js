// The page of a person: what the person did and when, and which of the clicks got credit.
import { ask as read } from './asking.js';
import { h } from './dom.js';
import { number, plural } from './format.js';
import { conversion, event, visit } from './journey.js';
import { changed } from './state.js';

const VISITS = 200, EVENTS = 200, SHOWN_ID = 20;

const back = () => h('p', {}, h('a', { href: `?${changed({ user_id: null, fingerprint: null })}` }, '← All customers'));

export async function person(s, signal) {
  const who = s.user_id ? { user_id: s.user_id } : { fingerprint: s.fingerprint };
  const ask = (more) => read({ ...who, ...more }, signal);
  const [found, visits, events] = await Promise.all([ask({ by: 'user', include: 'touches' }),
    ask({ by: 'visit', limit: VISITS }), ask({ by: 'event', limit: EVENTS })]);
  if (!found.results.length) return [back(), h('section', { class: 'card' }, h('h1', {}, 'Nobody is known by that id'))];
  return found.results.flatMap((each) => [back(), h('h1', {}, summary(each)),
    h('section', { class: 'card journey-card' }, h('h2', {}, 'Journey'),
      h('p', { class: 'soft' }, `oldest first, times of ${s.zone}`),
      h('ol', { class: 'journey' }, steps(each, visits.results, events.results, s)))]);
}

function summary({ user_id, fingerprints, first_visit: first, visits, pageviews, state }) {
  const times = (n, one) => `${number(n)} ${plural(one, n)}`;
  const id = user_id ?? fingerprints[0];
  return [h('b', { title: id }, id.length > SHOWN_ID ? `${id.slice(0, SHOWN_ID)}…` : id), ` (${state}) `,
    first ? ['came first by ', h('b', {}, first.campaign || first.source), ` (${first.channel})`] : 'was never seen on a page',
    `, made ${times(visits, 'visit')} and saw ${times(pageviews, 'page')} on ${times(fingerprints.length, 'device')}.`];
}

// Visits, conversions and other events, oldest first. Of those at the same time, visits come before conversions.
function steps({ fingerprints, conversions }, visits, events, s) {
  const known = new Set(conversions.map((each) => each.id));
  const won = (at) => conversions.filter((each) => each.last_click?.at === at).map((each) => each.event);
  const found = [
    ...visits.filter((each) => fingerprints.includes(each.fingerprint))
      .map((each) => [each.at, 0, visit(each, won(each.at), s)]),
    ...conversions.map((each, i) => [each.occurred_at, 1, conversion(each, conversions[i - 1], s)]),
    ...runs(events.filter((each) => !known.has(each.id))).map((run) => [run[0].created_at, 2, event(run, s)])];
  return found.sort((a, b) => Date.parse(a[0]) - Date.parse(b[0]) || a[1] - b[1]).map(([, , step]) => step);
}

// Groups consecutive events with the same name. Each group is shown as one line.
function runs(events) {
  const found = [];
  for (const each of [...events].reverse()) {
    if (found.at(-1)?.[0].name === each.name) found.at(-1).push(each);
    else found.push([each]);
  }
  return found;
}

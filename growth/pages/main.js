// Starts the dashboard: reads the URL, asks for the overview, and gives the overview to the panels.
import { ads, GRAIN } from './ads.js';
import { ask, Closed, MOST, question, Stopped } from './asking.js';
import { active, campaigns, channels, countries, durations, landingPages, paidAndOrganic,
  sources } from './breakdowns.js';
import { cohorts } from './cohorts.js';
import { startsAndFinishes } from './compare.js';
import { controls, zones } from './controls.js';
import { h } from './dom.js';
import { byAmount, clock } from './format.js';
import { latest } from './latest.js';
import { Panel } from './panels.js';
import { before, lastDay, span } from './period.js';
import { person } from './person.js';
import { changed, choose, CONVERSIONS, read, show } from './state.js';
import { overTime } from './time.js';
import { sentence, totals } from './totals.js';
import { closed, empty, failed, nothingFits, nothingThen, stopped, waiting } from './views.js';

const AGAIN_MS = 5000, FIRST_CHOICE = 'purchase';
const OVERVIEW = 'visits,conversions,conversion_rate,revenue,cost,cost_per_conversion,roi';
const PANELS = [overTime, ads, channels, startsAndFinishes, campaigns, sources, landingPages, countries,
  latest, durations, paidAndOrganic, active, cohorts];

const main = document.getElementById('main'), notice = document.getElementById('notice');
const answer = h('div', { class: 'answer' });
let panels = [], timer, asking = new AbortController(), asOf = null;

// The events that the page may show: only the event in the URL or, if the URL has none, all events that are
// conversions. `overview` shows the first of them that has conversions in the period. Purchases are first, because
// they have revenue.
const events = ({ event }) => (event ? [event]
  : [...CONVERSIONS].sort((a, b) => (b === FIRST_CHOICE) - (a === FIRST_CHOICE)));

async function overview(s, signal) {
  const found = [];
  for (const event of events(s)) {
    found.push(await overviewOf({ ...s, event }, signal));
    if (found.at(-1).now.totals.conversions) return found.at(-1);
  }
  return found[0];
}

// The view: what the page shows, for its panels. `when` is the period, and `now` is the answer for this period. `past` is the period
// to compare with, and `was` is the answer for that one. `asked` has the parameters of the request for `now`.
async function overviewOf(s, signal) {
  const when = span(s), past = before(when, s.compare), view = { s, when, past, last: lastDay(when) };
  const more = { by: GRAIN, metrics: OVERVIEW, limit: MOST };
  const asked = question(view, more);
  const [now, was] = await Promise.all([ask(asked, signal),
    past && ask(question(view, { ...more, limit: 1 }, past), signal)]);
  const [currency] = byAmount(now.totals.cost)[0] || byAmount(now.totals.revenue)[0] || [];
  const paid = new Set(now.results.filter((row) => byAmount(row.cost).length).map((row) => row.channel));
  return { ...view, asked, now, was, currency, paid, metric: s.metric };
}

async function draw() {
  clearTimeout(timer);
  asking.abort();
  asking = new AbortController();
  const { signal } = asking, s = read();
  main.classList.add('busy');
  if (!main.childElementCount) main.append(waiting());
  try {
    await (s.user_id || s.fingerprint ? drawPerson(s, signal) : drawAll(s, signal));
    asOf = new Date();
    notice.hidden = true;
    main.classList.remove('stale');
  } catch (ex) {
    if (ex.name === 'AbortError') return;
    fail(ex);
  }
  main.classList.remove('busy');
}

async function drawPerson(s, signal) {
  document.getElementById('controls').hidden = true;
  main.replaceChildren(...await person(s, signal));
  panels = [];
}

async function drawAll(s, signal) {
  const firstEvent = events(s)[0];
  showControls({ s: { ...s, event: firstEvent }, when: span(s) });
  const view = await overview(s, signal), { visits, conversions } = view.now.totals;
  choose(conversions ? view.s.event : null);
  if (view.s.event !== firstEvent) showControls(view);
  if (!visits && !conversions) return drawNothing(s, signal);
  answer.replaceChildren(sentence(view), totals(view));
  if (!panels.length) {
    panels = PANELS.map((kind) => new Panel(kind, fail));
    main.replaceChildren(answer, h('div', { class: 'panels' }, panels.map((panel) => panel.element)));
  }
  panels.forEach((panel) => panel.show(view, signal));
}

function showControls(view) {
  const form = document.getElementById('controls');
  form.hidden = false;
  form.replaceChildren(...controls(view).filter(Boolean));
  document.getElementById('zone').replaceChildren(zones(view.s));
}

async function drawNothing(s, signal) {
  panels = [];
  if (s.filters.length) return main.replaceChildren(nothingFits());
  const known = await Promise.all(['visit', 'event'].map((by) => ask({ by, limit: 1 }, signal)));
  if (known.some(({ results }) => results.length)) return main.replaceChildren(nothingThen());
  main.replaceChildren(empty());
  timer = setTimeout(draw, AGAIN_MS);
}

// Shows an error. If the error is Closed, the page asks for the token. If the error is Stopped, the page keeps its
// last numbers, but shows them pale and says when they were read.
function fail(ex) {
  if (ex instanceof Closed) {
    asking.abort();
    panels = [];
    main.replaceChildren(closed(draw));
    document.getElementById('token').focus();
  } else if (!(ex instanceof Stopped)) {
    panels = [];
    main.replaceChildren(failed(ex.message));
  } else {
    clearTimeout(timer);
    timer = setTimeout(draw, AGAIN_MS);
    main.classList.add('stale');
    if (!asOf) return main.replaceChildren(stopped(ex.message));
    notice.textContent = `${ex.message}; these numbers are from ${clock(asOf)}. This page asks again every 5 seconds.`;
    notice.hidden = false;
  }
  main.classList.remove('busy');
}

document.getElementById('find').addEventListener('submit', (e) => {
  e.preventDefault();
  const id = document.getElementById('who').value.trim(), isDevice = /^[0-9a-f]{8}-|^[0-9a-f]{32}$/i.test(id);
  show(changed({ user_id: isDevice ? null : id, fingerprint: isDevice ? id : null }));
});
document.getElementById('controls').addEventListener('submit', (e) => e.preventDefault());
addEventListener('click', (e) => {
  const link = e.target.closest?.('a[href^="?"]');
  if (!link || e.metaKey || e.ctrlKey || e.shiftKey || e.button) return;
  e.preventDefault();
  show(new URLSearchParams(link.search));
  scrollTo(0, 0);
});
addEventListener('popstate', draw);
draw();

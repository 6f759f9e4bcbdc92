// Keeps the state of the dashboard in the URL, so that a view can be shared as a link and the back button works.
import { COMPARISONS, PERIODS, today } from './period.js';

export const MODELS = {
  last_click: ['Last click', 'the last click that is not direct gets all'],
  first_click: ['First click', 'the first click gets all'],
  linear: ['Linear', 'every click gets the same'],
  position_based: ['Position based', 'the first and the last click get 40 % each'],
  time_decay: ['Time decay', 'later clicks get more'],
  acquisition: ['Acquisition', 'the click that first brought the customer gets all'] };
export const FIELDS = ['channel', 'source', 'medium', 'campaign', 'content', 'term', 'paid',
  'landing_page', 'referrer', 'host', 'country'];
export const CONVERSIONS = document.querySelector('meta[name=conversions]').content.split(',');
const METRICS = ['visits', 'conversions', 'conversion_rate', 'revenue', 'cost', 'cost_per_conversion', 'roi'];
const DAY = /^\d{4}-\d\d-\d\d$/;

const params = () => new URLSearchParams(location.search);

const isDay = (text) => DAY.test(text) && !Number.isNaN(Date.parse(text));

// The time zone with this name, or the browser's time zone if the name is missing or unknown.
function zoneOf(name) {
  try { return Intl.DateTimeFormat('en', { timeZone: name || undefined }).resolvedOptions().timeZone; }
  catch { return zoneOf(); }
}

// Reads the state from the URL. A parameter that is missing or invalid gets its default.
export function read() {
  const q = params(), zone = zoneOf(q.get('timezone'));
  const among = (name, known, usual) => (known.includes(q.get(name)) ? q.get(name) : usual);
  const [from, to] = ['from', 'to'].map((name) => q.get(name) || today(zone));
  const isOwn = q.has('from') && isDay(from) && isDay(to) && from <= to;
  return {
    zone, from, to, event: q.get('event'),
    period: isOwn ? 'own' : among('period', Object.keys(PERIODS).filter((each) => each !== 'own'), '30d'),
    compare: among('compare', Object.keys(COMPARISONS), 'before'),
    metric: among('metric', METRICS, 'conversions'),
    model: among('model', Object.keys(MODELS), 'last_click'),
    filters: FIELDS.flatMap((field) => [true, false].flatMap((is) =>
      q.getAll(key(field, is)).map((value) => ({ field, is, value })))),
    user_id: q.get('user_id'), fingerprint: q.get('fingerprint') };
}

export const key = (field, is) => (is ? field : `${field}!`);

// The event that the page shows, or null if the period has no conversions. If the URL names no event, the next
// change of the view writes this event to the URL. Without that, the page might choose another event when the user
// adds a filter or shortens the period.
let chosen = null;

export function choose(event) {
  chosen = event;
}

export function show(q) {
  if (chosen && !q.has('event')) q.set('event', chosen);
  history.pushState(null, '', `?${q}`);
  dispatchEvent(new PopStateEvent('popstate'));
}

// The parameters of the URL with changes applied. `change` is {name: value}. The value null removes a parameter.
export function changed(change) {
  const q = params();
  for (const [name, value] of Object.entries(change)) value == null ? q.delete(name) : q.set(name, value);
  return q;
}

export const go = (change) => show(changed(change));

// Removes the filter if it is set, else adds it.
export function toggle({ field, is = true, value }) {
  const q = params(), name = key(field, is), text = value ?? '';
  if (q.getAll(name).includes(text)) q.delete(name, text);
  else q.append(name, text);
  show(q);
}

export function turn({ field, is, value }) {
  const q = params();
  q.delete(key(field, is), value);
  q.append(key(field, !is), value);
  show(q);
}

export function clear() {
  const q = params();
  FIELDS.forEach((field) => [true, false].forEach((is) => q.delete(key(field, is))));
  show(q);
}

export const filtered = (s, field, value) =>
  s.filters.some((each) => each.field === field && each.is && each.value === (value ?? ''));

// What is looked at, kept in the URL: a view can be shared, and the back button works.
import { PERIODS, today } from './period.js';

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
const DAY = /^\d{4}-\d\d-\d\d$/;

const params = () => new URLSearchParams(location.search);

export function read() {
  const q = params(), zone = q.get('timezone') || Intl.DateTimeFormat().resolvedOptions().timeZone;
  const own = ['from', 'to'].map((name) => q.get(name) || today(zone));
  const isOwn = q.has('from') && own.every((day) => DAY.test(day)) && own[0] <= own[1];
  return {
    zone, from: own[0], to: own[1],
    period: isOwn ? 'own' : PERIODS[q.get('period')] && q.get('period') !== 'own' ? q.get('period') : '30d',
    compare: q.get('compare') || 'before', metric: q.get('metric') || 'conversions',
    event: q.get('event'), model: MODELS[q.get('model')] ? q.get('model') : 'last_click',
    filters: FIELDS.flatMap((field) => [true, false].flatMap((is) =>
      q.getAll(key(field, is)).map((value) => ({ field, is, value })))),
    user_id: q.get('user_id'), fingerprint: q.get('fingerprint') };
}

const key = (field, is) => (is ? field : `${field}!`);

export function show(q) {
  history.pushState(null, '', `?${q}`);
  dispatchEvent(new PopStateEvent('popstate'));
}

// The present view with some parameters changed; null takes one out.
export function changed(change) {
  const q = params();
  for (const [name, value] of Object.entries(change)) value == null ? q.delete(name) : q.set(name, value);
  return q;
}

export const go = (change) => show(changed(change));

// A filter that is set is removed, another is added.
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

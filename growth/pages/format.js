// Formats numbers, money, times and names for people. An unknown value is shown as a dash.
const NONE = '–', DAY_SECONDS = 86400;

const minus = (text) => text.replace('-', '−');
const english = (n, options) => minus(n.toLocaleString('en', options));

export const number = (n, digits = 0) =>
  (n == null ? NONE : english(n, { maximumFractionDigits: digits }));

export function percent(n, digits = 1) {
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return n == null ? NONE : `${english(n * 100, options)}\u00a0%`;
}

// A change or a return as a percentage with its sign: +103 %, −4.2 %.
export function signed(ratio) {
  if (ratio == null) return NONE;
  const digits = Math.abs(ratio) < 0.1 ? 1 : 0;
  return `${ratio > 0 ? '+' : ''}${percent(ratio, digits)}`;
}

// An amount of money, such as €9.50. An amount of 1,000 or more is shown without decimal places.
export function money(amount, currency, isWhole = Math.abs(amount) >= 1000) {
  if (amount == null || !currency) return NONE;
  const digits = isWhole ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {};
  return english(amount, { style: 'currency', currency, ...digits });
}

// Turns the amounts {EUR: 9.5, USD: 120} into the list [['USD', 120], ['EUR', 9.5]], largest first.
export const byAmount = (sums) => Object.entries(sums || {}).sort((a, b) => b[1] - a[1]);

// Formats a list of amounts from `byAmount` as a text: "$120, €10".
export const listed = (sums, joint = ', ') =>
  sums.map(([currency, amount]) => money(amount, currency, true)).join(joint);

export function duration(seconds) {
  if (seconds == null) return NONE;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${number(seconds / DAY_SECONDS, 1)} days`;
}

export const ago = (time) => duration(Math.max(0, (Date.now() - Date.parse(time)) / 1000));

export const instant = (time, zone) => new Date(time).toLocaleString('en', {
  weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit',
  minute: '2-digit', hour12: false, timeZone: zone });

export const clock = (time) => new Date(time).toLocaleTimeString('en', {
  hour: '2-digit', minute: '2-digit', hour12: false });

const utc = (day, options) => new Date(day).toLocaleDateString('en', { ...options, timeZone: 'UTC' });
export const date = (day) => utc(day, { day: 'numeric', month: 'short' });

// The Monday of an ISO week. The first week of a year is the one with the 4th of January.
function monday(label) {
  const fourth = Date.UTC(+label.slice(0, 4), 0, 4), weekday = (new Date(fourth).getUTCDay() + 6) % 7;
  return fourth + ((label.slice(6) - 1) * 7 - weekday) * DAY_SECONDS * 1000;
}

// Formats the label that an answer has for an hour, day, week or month.
export function bucket(label) {
  if (label.includes('T')) return `${label.slice(11, 13)}:00`;
  if (label.includes('W')) return date(monday(label));
  return label.length === 7 ? utc(label, { month: 'short', year: 'numeric' }) : date(label);
}

export const plural = (event, n = 2) => (n === 1 || event.endsWith('s') ? event : `${event}s`);
export const capital = (text) => text[0].toUpperCase() + text.slice(1);
export const word = (name) => name.replaceAll('_', ' ');

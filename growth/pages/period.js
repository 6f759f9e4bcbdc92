// Computes periods of whole days, the periods to compare them with, and the labels of bars in the chart.
const DAY = 864e5;

export const PERIODS = {
  today: 'Today', '7d': 'Last 7 days', '30d': 'Last 30 days', '90d': 'Last 90 days',
  month: 'This month', last: 'Last month', '12m': 'Last 12 months', own: 'Own period …' };
export const COMPARISONS = { before: 'the period before', year: 'the year before', none: 'nothing' };

const iso = (time) => new Date(time).toISOString().slice(0, 10);
const plus = (day, days) => iso(Date.parse(day) + days * DAY);
export const today = (zone) => new Date().toLocaleDateString('sv', { timeZone: zone });
const month = (day, months) => iso(Date.UTC(+day.slice(0, 4), +day.slice(5, 7) - 1 + months, 1));

// The period as the parameters `from` and `to` of GET /attribution: its first day, and the day after its last day.
export function span({ period, from, to, zone }) {
  const now = today(zone), end = plus(now, 1), days = { today: 1, '7d': 7, '30d': 30, '90d': 90 };
  if (period === 'own') return { from, to: plus(to, 1) };
  if (period === 'month') return { from: month(now, 0), to: end };
  if (period === 'last') return { from: month(now, -1), to: month(now, 0) };
  if (period === '12m') return { from: month(now, -11), to: end };
  return { from: plus(end, -days[period]), to: end };
}

export const length = ({ from, to }) => Math.round((Date.parse(to) - Date.parse(from)) / DAY);
export const lastDay = ({ to }) => plus(to, -1);

// The period to compare with: the same number of days directly before `when`, or the days 52 weeks before `when`.
export function before(when, compare) {
  if (compare === 'none') return null;
  const days = compare === 'year' ? 364 : length(when);
  return { from: plus(when.from, -days), to: plus(when.to, -days) };
}

export function unitOf(when) {
  const days = length(when);
  return days <= 2 ? 'hour' : days <= 60 ? 'day' : days <= 180 ? 'week' : 'month';
}

// The labels of all hours, days, weeks or months (`unit`) in a period, including those without visits.
export function labels(when, unit) {
  const found = new Set();
  for (let day = when.from; day < when.to; day = plus(day, 1)) {
    if (unit !== 'hour') found.add(labelOf(day, unit));
    else for (let hour = 0; hour < 24; hour++) found.add(`${day}T${String(hour).padStart(2, '0')}`);
  }
  return [...found];
}

export function labelOf(day, unit) {
  return { day, month: day.slice(0, 7), week: unit === 'week' && week(day), hour: day }[unit];
}

// ISO 8601: a week belongs to the year of its Thursday.
function week(day) {
  const weekday = (new Date(day).getUTCDay() + 6) % 7, thursday = plus(day, 3 - weekday);
  const nth = Math.floor((Date.parse(thursday) - Date.UTC(+thursday.slice(0, 4), 0, 1)) / DAY / 7) + 1;
  return `${thursday.slice(0, 4)}-W${String(nth).padStart(2, '0')}`;
}

// The first and the last day of the bar `label`, within the period `when`.
export function daysOf(label, when, unit) {
  const days = [];
  for (let day = when.from; day < when.to; day = plus(day, 1))
    if (labelOf(day, unit) === label.slice(0, 10)) days.push(day);
  return { from: days[0], to: days.at(-1) };
}

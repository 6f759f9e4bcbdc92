// The panel of cohorts. A cohort is all customers whose first conversion was in the same week or month. The age of a
// cohort is the number of weeks or months since that first one. The panel shows, for each age, the revenue that a
// cohort brought from its start until then.
import { question, MOST } from './asking.js';
import { h } from './dom.js';
import { bucket, capital, money, plural } from './format.js';
import { labels, length } from './period.js';
import { table } from './tables.js';

const WEEKS_TO = 92, AGES = 13; // longest period with cohorts by week, in days; largest number of ages
const unitOf = (view) => (length(view.when) <= WEEKS_TO ? 'week' : 'month');

export const cohorts = {
  id: 'cohorts', wide: true, title: () => 'What customers are worth by age',
  note: (view) => `revenue in ${view.currency} since the ${unitOf(view)} of their first conversion`,
  asks(view) {
    const unit = unitOf(view), by = `channel,cohort_${unit},${unit}`;
    return question(view, { by, model: 'acquisition', metrics: 'revenue', limit: MOST });
  },
  draw(view, { results }) {
    const unit = unitOf(view), all = labels(view.when, unit), cohort = `cohort_${unit}`;
    const known = results.filter((row) => all.includes(row[cohort])).map((row) => ({
      channel: row.channel, cohort: row[cohort], age: all.indexOf(row[unit]) - all.indexOf(row[cohort]),
      earned: row.revenue?.[view.currency] || 0 }));
    if (!known.some((row) => row.earned)) return h('p', { class: 'soft' },
      `The ${plural(view.s.event)} of customers won in this period brought no revenue.`);
    const ages = Math.min(AGES, Math.max(...known.map((row) => row.age)) + 1);
    const left = (name) => all.length - all.indexOf(name); // how many ages the cohort has reached
    const channels = summed(known, 'channel', ages, () => ages).sort((a, b) => b.sums.at(-1) - a.sums.at(-1));
    const won = summed(known, 'cohort', ages, left).sort((a, b) => (a.name < b.name ? 1 : -1));
    return [grid('Channel', channels, ages, view, (name) => name),
      grid(unit === 'week' ? 'Won in the week of' : 'Won in', won, ages, view, bucket)];
  } };

// The revenue of each channel or cohort (`field`) until each age. `reached` returns how many ages to show in a row.
function summed(rows, field, ages, reached) {
  const found = new Map();
  for (const row of rows) {
    const sums = found.get(row[field]) || Array(ages).fill(0);
    for (let age = row.age; age < ages; age++) sums[age] += row.earned;
    found.set(row[field], sums);
  }
  return [...found].map(([name, sums]) => ({ name, sums: sums.slice(0, reached(name)) }));
}

const grid = (label, rows, ages, view, show) => table(rows, [
  [label, ({ name }) => h('span', {}, show(name)), 'name'],
  ...Array.from({ length: ages }, (_, age) => [age ? `${capital(unitOf(view))} ${age}` : 'At once',
    ({ sums }) => (age < sums.length ? money(sums[age], view.currency, true) : '')]),
], { label: `worth by age, ${label.toLowerCase()}`, shown: 6 });

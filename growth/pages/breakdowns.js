// Panels that break visits and conversions down: by channel, source, campaign, landing page, country and so on.
import { question } from './asking.js';
import { h } from './dom.js';
import { byAmount, capital, duration, money, number, percent, plural, word } from './format.js';
import { change } from './totals.js';
import { filterBy, table } from './tables.js';

const ROWS = 100;

const conversionsOf = (view) => [capital(plural(view.s.event)), (row) => number(row.conversions, 1)];

export const channels = {
  id: 'channels', title: () => 'Channels',
  asks: (view) => question(view,
    { by: 'channel', metrics: 'visits,conversions,conversion_rate,time_to_convert,pages_before' }),
  load(view, ask) {
    return Promise.all([ask(this.asks(view)),
      view.past && ask(question(view, { by: 'channel', metrics: 'conversions' }, view.past))]);
  },
  draw(view, [now, past]) {
    const was = past && new Map(past.results.map((row) => [row.channel, row.conversions]));
    return table(now.results, [
      ['Channel', (row) => filterBy(view.s, 'channel', row.channel), 'name'],
      ['Visits', (row) => number(row.visits)], conversionsOf(view),
      was && ['Change', (row) => change(row.conversions, was.get(row.channel) ?? 0)],
      ['Rate', (row) => percent(row.conversion_rate), 'second'],
      ['Time', (row) => duration(row.time_to_convert?.average), 'second',
        `From the click to the ${view.s.event}, on average`],
      ['Pages', (row) => number(row.pages_before, 1), 'second', `Pages before the ${view.s.event}, on average`],
    ].filter(Boolean), { label: 'channels', shown: 10, share: (row) => row.visits, key: (row) => row.channel });
  } };

// A panel with one row for each value of the dimension `field`, such as each source, but at most ROWS rows.
const list = (field, title, name, about) => ({
  id: field, title: () => title, note: about && (() => about),
  asks: (view) => question(view, { by: field, metrics: 'visits,conversions,conversion_rate', limit: ROWS }),
  draw: (view, { results }) => table(results, [
    [name, (row) => filterBy(view.s, field, row[field]), 'name'],
    ['Visits', (row) => number(row.visits)], conversionsOf(view), ['Rate', (row) => percent(row.conversion_rate)],
  ], { label: title.toLowerCase(), share: (row) => row.visits, key: (row) => row[field] }) });

export const sources = list('source', 'Sources', 'Source');
export const campaigns = list('campaign', 'Campaigns', 'Campaign');
export const landingPages = list('landing_page', 'Landing pages', 'Page');
export const countries = list('country', 'Countries', 'Country');

export const durations = {
  id: 'durations', title: () => 'How long visits last',
  asks: (view) => question(view, { by: 'visit_duration', event: null, model: null }),
  draw(view, { results, totals }) {
    const name = ({ from, to }) =>
      (to == null ? `over ${duration(from)}` : `${duration(from)} to ${duration(to)}`);
    return [h('p', { class: 'soft' }, `${duration(totals.visit_duration.average)} on average`),
      table(results.filter((row) => row.visits), [
        ['Duration', (row) => h('span', {}, name(row.visit_duration)), 'name'],
        ['Visits', (row) => number(row.visits)], ['Share', (row) => percent(row.share, 0)],
      ], { label: 'durations of visits', share: (row) => row.visits })];
  } };

// A row of the overview counts as paid if it has a cost. Its medium does not decide, because a podcast, for example,
// costs money but has no paid medium.
export const paidAndOrganic = {
  id: 'paid', title: () => 'Paid and organic', note: () => 'paid: campaigns and sources with a cost in this period',
  asks: (view) => view.asked,
  load: () => null,
  draw(view) {
    const costs = (row) => byAmount(row.cost).length > 0, all = view.now.results;
    if (view.now.totals.cost === null)
      return h('p', { class: 'soft' }, 'The cost of ads is not known under these filters.');
    const sum = (name, rows) => ({ name, rows, visits: rows.reduce((n, row) => n + row.visits, 0),
      conversions: rows.reduce((n, row) => n + row.conversions, 0),
      revenue: rows.reduce((n, row) => n + (row.revenue?.[view.currency] || 0), 0) });
    const rows = [sum('Paid', all.filter(costs)), sum('Organic', all.filter((row) => !costs(row)))];
    return table(rows, [
      ['', (row) => h('span', {}, row.name), 'name'],
      ['Visits', (row) => number(row.visits)], conversionsOf(view),
      ['Share', (row) => percent(row.conversions / (view.now.totals.conversions || 1), 0)],
      ['Rate', (row) => percent(row.visits ? row.conversions / row.visits : null), 'second'],
      ['Revenue', (row) => money(row.revenue, view.currency, true)],
    ], { label: 'paid and organic', share: (row) => row.conversions, key: (row) => row.name });
  } };

export const active = {
  id: 'active', title: () => 'Active visitors and users', note: () => 'filters do not apply; users have an account',
  asks: (view) => Object.entries({ by: 'day', metrics: 'active_visitors,active_users',
    timezone: view.s.zone, from: view.last, to: view.when.to }),
  draw(view, { results }) {
    const last = results.at(-1) || {}, span = { 1: 'On the day', 7: 'In 7 days', 30: 'In 30 days' };
    const rows = ['active_visitors', 'active_users'].filter((name) => last[name]);
    if (!rows.length) return h('p', { class: 'soft' }, 'Nobody was active on the last day of this period.');
    const days = Object.keys(last[rows[0]]);
    return table(rows, [['', (name) => h('span', {}, word(name.replace('active_', ''))), 'name'],
      ...days.map((day, i) => [Object.values(span)[i] || word(day), (name) => number(last[name][day])])],
    { label: 'active visitors and users' });
  } };

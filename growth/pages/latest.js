// The panel of the latest conversions, each with its click and a link to its person. The panel is updated every 10
// seconds.
import { question } from './asking.js';
import { h } from './dom.js';
import { ago, money, plural } from './format.js';
import { changed } from './state.js';

const SHOWN = 10, EVERY_MS = 10000;

export const latest = {
  id: 'latest', every: EVERY_MS,
  title: (view) => `Last ${plural(view.s.event)}`, note: () => 'who they are and what brought them',
  asks: (view) => question(view, { by: 'conversion', limit: SHOWN }),
  draw: (view, { results }) => (results.length
    ? h('ul', { class: 'latest' }, results.map((row) => one(view, row)))
    : h('p', { class: 'soft' }, `No ${plural(view.s.event)} in this period.`)) };

function one({ s }, row) {
  const click = s.model === 'first_click' ? row.first_click : row.last_click;
  const by = click ? `by ${click.campaign || `${click.source} · ${click.channel}`}` : 'no click is known';
  return h('li', {}, h('time', { datetime: row.occurred_at, title: row.occurred_at }, ago(row.occurred_at)),
    h('span', {}, personLink(row), ' ', h('small', {}, by)),
    h('span', {}, row.value ? money(row.value, row.currency, false) : ''));
}

// A link to the page of a person. It keeps the parameters of this view, so that the link back leads to this view.
function personLink({ user_id, fingerprint }) {
  const id = user_id ?? fingerprint, kind = user_id == null ? 'fingerprint' : 'user_id';
  return h('a', { href: `?${changed({ [kind]: id })}`, title: id }, id.length > 16 ? `${id.slice(0, 12)}…` : id);
}

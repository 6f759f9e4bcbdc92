// Tables: rows that filter when they are clicked, the rest folded.
import { h } from './dom.js';
import { filtered, toggle } from './state.js';

// `columns` are [label, cell of a row, class, title]; the first names the row.
export function table(rows, columns, { label, shown = 8, share, key } = {}) {
  const most = share && Math.max(1e-9, ...rows.map((row) => share(row) || 0));
  const cell = (row, [, of, look], i) => h(i ? 'td' : 'th', { class: look, scope: i ? null : 'row' },
    !i && share && fill((share(row) || 0) / most), of(row) ?? '–');
  const body = h('tbody', {}, rows.map((row, n) => h('tr', { hidden: n >= shown, 'data-key': key && key(row) },
    columns.map((column, i) => cell(row, column, i)))));
  const head = h('tr', {}, columns.map(([text, , look, title]) =>
    (text ? h('th', { scope: 'col', class: look, title }, text) : h('td', { class: look }))));
  return [h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': `Table: ${label}` },
    h('table', {}, h('thead', {}, head), body)), rows.length > shown && more(body, rows.length, shown)];
}

function more(body, all, shown) {
  const button = h('button', { type: 'button', class: 'more', 'aria-expanded': 'false' }, `Show all ${all}`);
  button.addEventListener('click', () => {
    const isOpen = button.getAttribute('aria-expanded') === 'true';
    [...body.rows].forEach((row, n) => { row.hidden = isOpen && n >= shown; });
    button.setAttribute('aria-expanded', String(!isOpen));
    button.textContent = isOpen ? `Show all ${all}` : 'Show fewer';
  });
  return button;
}

// A bar behind the name of a row.
function fill(share) {
  const bar = h('span', { class: 'fill' });
  bar.style.width = `${Math.max(0.5, share * 100)}%`;
  return bar;
}

// The name of a row: a click filters by it, another takes the filter away.
export function filterBy(s, field, value, text = value ?? '(none)') {
  const isSet = filtered(s, field, value == null ? '' : String(value));
  return h('button', { type: 'button', title: isSet ? 'Remove this filter' : `Filter by ${text}`, 'aria-pressed': String(isSet),
    onclick: () => toggle({ field, value: value == null ? '' : String(value) }) }, text);
}

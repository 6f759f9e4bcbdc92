// Makes tables. A table shows its first rows, and a button that shows all rows.
import { button, h } from './dom.js';
import { filtered, toggle } from './state.js';

// `columns` is a list of [label, function from a row to its cell, class, title]. The first column has the names of
// the rows. If there is a function `share`, a bar behind each name shows the row's share. Rows after the first
// `shown` rows are hidden until the user clicks the button. `key` returns the attribute data-key of a row.
export function table(rows, columns, { label, shown = 8, share, key } = {}) {
  const most = share && Math.max(1e-9, ...rows.map((row) => share(row) || 0));
  const cell = (row, [, of, look], i) => h(i ? 'td' : 'th', { class: look, scope: i ? null : 'row' },
    !i && share && bar((share(row) || 0) / most), of(row) ?? '–');
  const body = h('tbody', {}, rows.map((row, n) => h('tr', { hidden: n >= shown, 'data-key': key && key(row) },
    columns.map((column, i) => cell(row, column, i)))));
  const head = columns.map(([text, , look, title]) =>
    (text ? h('th', { scope: 'col', class: look, title }, text) : h('td', { class: look })));
  return [h('div', { class: 'scroll', tabindex: 0, role: 'group', 'aria-label': `Table: ${label}` },
    h('table', {}, h('thead', {}, h('tr', {}, head)), body)), rows.length > shown && more(body, shown)];
}

function more({ rows }, shown) {
  const all = `Show all ${rows.length}`;
  return button(all, ({ target }) => {
    const isOpen = target.getAttribute('aria-expanded') === 'true';
    [...rows].forEach((row, n) => { row.hidden = isOpen && n >= shown; });
    target.setAttribute('aria-expanded', String(!isOpen));
    target.textContent = isOpen ? all : 'Show fewer';
  }, { class: 'more', 'aria-expanded': 'false' });
}

// The script sets the width, because the Content-Security-Policy of the page forbids styles in markup.
function bar(share) {
  const fill = h('span', { class: 'fill' });
  fill.style.width = `${Math.max(0.5, share * 100)}%`;
  return fill;
}

// The name of a row as a button. A click on it adds a filter by this name. A second click removes the filter.
export function filterBy(s, field, given, text = given ?? '(none)') {
  const value = given == null ? '' : String(given), isSet = filtered(s, field, value);
  const title = isSet ? 'Remove this filter' : `Filter by ${given ?? 'none'}`;
  return button(text, () => toggle({ field, value }), { title, 'aria-pressed': String(isSet) });
}

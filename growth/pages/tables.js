// Tables. A click on the name of a row can filter the view. At first only some rows are shown. A button shows all.
import { button, h } from './dom.js';
import { filtered, toggle } from './state.js';

// `columns` are [label, function that returns a row's cell, class, title]. The first column names the row. If `share`
// is given, a bar is drawn behind the name. Rows after the first `shown` are folded. `key` returns a row's attribute
// data-key.
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

// The width is set by script, because the Content-Security-Policy of the page forbids styles in markup.
function bar(share) {
  const fill = h('span', { class: 'fill' });
  fill.style.width = `${Math.max(0.5, share * 100)}%`;
  return fill;
}

// The name of a row. A click on it adds a filter by this name, a second click removes the filter.
export function filterBy(s, field, given, text = given ?? '(none)') {
  const value = given == null ? '' : String(given), isSet = filtered(s, field, value);
  const title = isSet ? 'Remove this filter' : `Filter by ${given ?? 'none'}`;
  return button(text, () => toggle({ field, value }), { title, 'aria-pressed': String(isSet) });
}

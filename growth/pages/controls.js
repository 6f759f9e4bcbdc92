// The controls for period, comparison, event, model, filters and time zone. Each control sets a parameter of the URL.
import { button, h, isNarrow, select } from './dom.js';
import { word } from './format.js';
import { COMPARISONS, lastDay, PERIODS } from './period.js';
import { clear, CONVERSIONS, FIELDS, go, MODELS, toggle, turn } from './state.js';

const texts = (names, of) => Object.fromEntries([...names].map((name) => [name, of(name)]));

export function controls(view) {
  const { s } = view, isFolded = isNarrow();
  return [h('details', { class: 'choices', open: !isFolded },
    h('summary', {}, `${PERIODS[s.period]} · ${s.event} · ${MODELS[s.model][0].toLowerCase()}`),
    select('Period', PERIODS, s.period, (period) => go(period === 'own'
      ? { period: null, from: view.when.from, to: lastDay(view.when) } : { period, from: null, to: null })),
    s.period === 'own' && ownPeriod(s),
    select('Compared with', COMPARISONS, s.compare, (compare) => go({ compare })),
    select('Customer is', texts(CONVERSIONS, (name) => `a ${word(name)}`), s.event, (event) => go({ event })),
    select('Credit', texts(Object.keys(MODELS), (name) => MODELS[name][0]), s.model, (model) => go({ model }))), filters(s)];
}

function ownPeriod(s) {
  const day = (name, text) => h('label', {}, text, h('input', { type: 'date', value: s[name], required: true,
    onchange: (e) => e.target.value && go({ from: s.from, to: s.to, [name]: e.target.value }) }));
  return [day('from', 'from'), day('to', 'to')];
}

function filters(s) {
  return h('span', { class: 'chips' }, s.filters.map(chip), adding(),
    s.filters.length > 1 && button('Remove all', clear, { class: 'more' }));
}

function chip(each) {
  const name = word(each.field), is = each.is ? 'is' : 'is not', value = each.value || 'none';
  return h('span', { class: 'chip' }, name, ' ', button(is, () => turn(each), { title: 'Keep or leave out' }),
    ` ${value} `, button('×', () => toggle(each), { 'aria-label': `Remove the filter ${name} ${is} ${value}` }));
}

// The form to add a filter: a field, "is" or "is not", and a value.
function adding() {
  const list = (label, options) => h('select', { 'aria-label': label },
    Object.entries(options).map(([value, text]) => h('option', { value }, text)));
  const field = list('Filter by', texts(FIELDS, word)), is = list('Keep or leave out', { is: 'is', not: 'is not' });
  const value = h('input', { 'aria-label': 'Value', placeholder: 'value, empty for none' });
  const add = () => toggle({ field: field.value, is: is.value === 'is', value: value.value.trim() });
  value.addEventListener('keydown', (e) => { if (e.key === 'Enter') { e.preventDefault(); add(); } });
  return h('details', { class: 'adding' }, h('summary', {}, '+ Filter'), h('div', {}, field, is, value, button('Add', add)));
}

export function zones(s) {
  const all = new Set([s.zone, 'UTC', ...Intl.supportedValuesOf('timeZone')]);
  return select('Days are those of', texts(all, (name) => name), s.zone, (timezone) => go({ timezone }));
}

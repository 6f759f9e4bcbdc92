// Period, comparison, event, model, filters and zone: each a parameter of the URL.
import { h, select } from './dom.js';
import { plural, word } from './format.js';
import { COMPARISONS, lastDay, PERIODS } from './period.js';
import { clear, CONVERSIONS, FIELDS, go, MODELS, toggle, turn } from './state.js';

const NARROW = '(max-width: 600px)';
const words = (names) => Object.fromEntries(names.map((name) => [name, word(name)]));

export function controls(view) {
  const { s } = view, isFolded = matchMedia(NARROW).matches;
  const models = Object.fromEntries(Object.entries(MODELS).map(([name, [text]]) => [name, text]));
  return [h('details', { class: 'choices', open: !isFolded },
    h('summary', {}, `${PERIODS[s.period]} · ${s.event} · ${MODELS[s.model][0].toLowerCase()}`),
    select('Period', PERIODS, s.period, (period) => go(period === 'own'
      ? { period: null, from: view.when.from, to: lastDay(view.when) } : { period, from: null, to: null })),
    s.period === 'own' && ownPeriod(s),
    select('Compared with', COMPARISONS, s.compare, (compare) => go({ compare })),
    select('Customer is', Object.fromEntries(CONVERSIONS.map((name) => [name, `a ${word(name)}`])), s.event, (event) => go({ event })),
    select('Credit', models, s.model, (model) => go({ model }))), filters(s)];
}

function ownPeriod(s) {
  const day = (name, text) => h('label', {}, text, h('input', { type: 'date', value: s[name], required: true,
    onchange: (e) => e.target.value && go({ from: s.from, to: s.to, [name]: e.target.value }) }));
  return [day('from', 'from'), day('to', 'to')];
}

function filters(s) {
  const chip = (each) => h('span', { class: 'chip' }, word(each.field), ' ',
    h('button', { type: 'button', title: 'Keep or leave out', onclick: () => turn(each) }, each.is ? 'is' : 'is not'),
    ` ${each.value || 'none'} `, h('button', { type: 'button', 'aria-label':
      `Remove the filter ${word(each.field)} ${each.is ? 'is' : 'is not'} ${each.value || 'none'}`, onclick: () => toggle(each) }, '×'));
  return h('span', { class: 'chips' }, s.filters.map(chip), adding(),
    s.filters.length > 1 && h('button', { type: 'button', class: 'more', onclick: clear }, 'Remove all'));
}

// A filter by hand: a field, is or is not, and its value.
function adding() {
  const field = h('select', { 'aria-label': 'Filter by' }, Object.entries(words(FIELDS)).map(([value, text]) => h('option', { value }, text)));
  const is = h('select', { 'aria-label': 'Keep or leave out' }, h('option', { value: 'is' }, 'is'), h('option', { value: '' }, 'is not'));
  const value = h('input', { 'aria-label': 'Value', placeholder: 'value, or nothing for none' });
  const add = () => toggle({ field: field.value, is: Boolean(is.value), value: value.value.trim() });
  value.addEventListener('keydown', (e) => { if (e.key === 'Enter') { e.preventDefault(); add(); } });
  return h('details', { class: 'adding' }, h('summary', {}, '+ Filter'),
    h('div', {}, field, is, value, h('button', { type: 'button', onclick: add }, 'Add')));
}

export function zones(s) {
  const all = new Set([s.zone, 'UTC', ...Intl.supportedValuesOf('timeZone')]);
  return select('Days are those of', Object.fromEntries([...all].map((name) => [name, name])), s.zone, (timezone) => go({ timezone }));
}

// Makes elements of HTML and SVG in one call.
const SVG = 'http://www.w3.org/2000/svg';
const DRAWN = new Set(['svg', 'g', 'rect', 'line', 'path', 'text', 'circle']);

// Makes an element: h('a', {href: '?', onclick: f}, 'text', child). Children that are null or false are left out.
// Lists of children may be nested.
export function h(tag, props = {}, ...children) {
  const element = DRAWN.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value == null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((each) => each != null && each !== false));
  return element;
}

export const soft = (...children) => h('span', { class: 'soft' }, ...children);

export const button = (text, onclick, props = {}) => h('button', { type: 'button', onclick, ...props }, text);

export const isNarrow = () => matchMedia('(max-width: 600px)').matches;

// Makes a select. `options` is {value: text}. `choose` is called with the value that the user chooses.
export function select(label, options, chosen, choose) {
  const list = Object.entries(options).map(([value, text]) =>
    h('option', { value, selected: value === chosen }, text));
  return h('label', {}, label, h('select', { onchange: (e) => choose(e.target.value) }, list));
}

// Lets a text break after each "_", "-", "/" and ".", because names of campaigns can be long.
export const breakable = (text) => String(text).split(/(?<=[_\-/.])/)
  .flatMap((part, i) => (i ? [h('wbr'), part] : [part]));

// Draws stacked bars over time as SVG. The pointer or the arrow keys choose a bar. A table shows the same numbers.
import { h } from './dom.js';
import { table } from './tables.js';

const LEFT = 46, BOTTOM = 22, TOP = 8, LABEL_WIDTH = 74;

// `series` is a list of {name, look, values}; `look` is a CSS class, and there is a value for each bar. `before` has
// the values of the period to compare with, one for each bar, or is null. `partial` is the index of the bar that
// contains today. `show` formats a value. `open` is called with the label of a bar when the user clicks the bar with
// the mouse or presses Enter.
export function chart({ title, labels, names, series, before, partial, show, open }) {
  const plot = h('div', { class: 'plot' }), tip = h('div', { class: 'tip', hidden: true });
  const reader = h('p', { class: 'unseen', 'aria-live': 'polite' });
  const box = h('div', { class: 'chart', tabindex: 0, role: 'group',
    'aria-label': `${title}. Arrow keys read it, Enter opens a bar.` }, plot, tip);
  const bars = { labels, names, series, before, partial, show };
  let at = null;
  const paint = () => { if (plot.clientWidth) plot.replaceChildren(drawing(bars, plot.clientWidth, at)); };
  const pick = (index) => {
    at = index == null ? null : Math.max(0, Math.min(labels.length - 1, index));
    paint();
    tip.hidden = at == null;
    if (at == null) return;
    tip.replaceChildren(...reading(bars, at));
    const x = LEFT + ((at + 0.5) * (plot.clientWidth - LEFT)) / labels.length;
    tip.style.left = `${x > plot.clientWidth / 2 ? x - tip.offsetWidth - 24 : x + 24}px`;
    if (document.activeElement === box) reader.textContent = spoken(bars, at);
  };
  const under = (e) => Math.floor(((e.clientX - plot.getBoundingClientRect().left - LEFT) /
    (plot.clientWidth - LEFT)) * labels.length);
  box.addEventListener('pointermove', (e) => { if (under(e) !== at) pick(under(e) < 0 ? null : under(e)); });
  for (const name of ['pointerleave', 'blur']) box.addEventListener(name, () => pick(null));
  box.addEventListener('click', (e) => { if (e.pointerType === 'mouse' && under(e) >= 0) open(labels[under(e)]); });
  box.addEventListener('keydown', (e) => {
    const last = labels.length - 1;
    const steps = { ArrowRight: (at ?? -1) + 1, ArrowLeft: (at ?? last + 1) - 1, Home: 0, End: last, Escape: null };
    if (e.key in steps) { pick(steps[e.key]); e.preventDefault(); }
    if (e.key === 'Enter' && at != null) open(labels[at]);
  });
  new ResizeObserver(paint).observe(plot);
  return [box, reader, twin(bars)];
}

const total = ({ series }, i) => series.reduce((sum, each) => sum + (each.values[i] || 0), 0);

function drawing(bars, width, at) {
  const { names, labels, series, before, partial } = bars;
  const height = width < 500 ? 190 : 236, inner = width - LEFT, step = inner / labels.length;
  const sums = labels.map((_, i) => total(bars, i)), all = [...sums, ...(before || []), 0];
  const scale = round(Math.min(...all), Math.max(...all));
  const y = (value) => TOP + ((scale.top - value) / (scale.top - scale.bottom)) * (height - TOP - BOTTOM);
  const svg = h('svg', { width, height, 'aria-hidden': 'true' });
  for (const tick of scale.ticks) svg.append(
    h('line', { class: tick ? 'grid' : 'zero', x1: LEFT, x2: width, y1: y(tick), y2: y(tick) }),
    h('text', { x: LEFT - 8, y: y(tick) + 4, 'text-anchor': 'end' }, bars.show(tick, true)));
  if (at != null)
    svg.append(h('rect', { class: 'band', x: LEFT + at * step, y: TOP, width: step, height: height - TOP - BOTTOM }));
  labels.forEach((_, i) => svg.append(bar(series, i, LEFT + i * step, step, y, i === partial)));
  if (before) svg.append(steps(before, step, y));
  const every = Math.ceil(LABEL_WIDTH / step);
  names.forEach((name, i) => {
    if (i % every === 0 && (i + 0.5) * step < inner - 20)
      svg.append(h('text', { x: LEFT + (i + 0.5) * step, y: height - 5, 'text-anchor': 'middle' }, name));
  });
  return svg;
}

function bar(series, i, x, step, y, isPartial) {
  const width = Math.max(1, Math.min(step * 0.66, 56));
  let up = 0;
  return h('g', { class: isPartial && 'partial' }, series.map(({ look, values }) => {
    const value = values[i] || 0, from = up;
    up += value;
    if (!value) return null;
    const top = Math.min(y(from), y(up)), height = Math.max(0.5, Math.abs(y(from) - y(up)));
    return h('rect', { class: `bar ${look}`, x: x + (step - width) / 2, y: top, width, height });
  }));
}

// Draws the values of the period to compare with, as a stepped line over the bars.
function steps(before, step, y) {
  const path = before.map((value, i) => `${i ? 'V' : `M${LEFT} `}${y(value || 0)}H${LEFT + (i + 1) * step}`);
  return h('path', { class: 'before', d: path.join('') });
}

// A scale that contains `low`, `high` and 0, with ticks at round numbers.
function round(low, high) {
  const rough = (high - low || 1) / 4, power = 10 ** Math.floor(Math.log10(rough));
  const size = [1, 2, 5, 10].find((each) => each * power >= rough) * power;
  const bottom = Math.floor(low / size) * size, top = Math.max(Math.ceil(high / size) * size, size);
  const ticks = Array.from({ length: Math.round((top - bottom) / size) + 1 }, (_, i) => bottom + i * size);
  return { bottom, top, ticks: ticks.map((tick) => (Math.abs(tick) < size / 2 ? 0 : tick)) };
}

function reading(bars, i) {
  const { names, series, before, show } = bars, parts = series.filter((each) => each.values[i]);
  const line = (text, value, look) =>
    h('div', { class: look }, h('span', {}, look && h('i'), text), h('b', {}, show(value)));
  return [h('strong', {}, names[i], bars.partial === i && ', so far'),
    ...(series.length > 1 ? parts.reverse().map((each) => line(each.name, each.values[i], each.look)) : []),
    line('All', total(bars, i)), ...(before ? [line('before', before[i] || 0)] : [])];
}

function spoken(bars, i) {
  const { names, series, before, show } = bars, parts = series.filter((each) => each.values[i]);
  return [`${names[i]}: ${show(total(bars, i))}`, ...parts.map((each) => `${each.name} ${show(each.values[i])}`),
    ...(before ? [`before ${show(before[i] || 0)}`] : [])].join(', ');
}

// A table with the numbers of the chart. The table is made when the user unfolds it.
function twin(bars) {
  const { names, series, before, show } = bars, shown = h('div');
  const columns = [['Time', (i) => names[i]], ['All', (i) => show(total(bars, i))],
    ...(series.length > 1 ? series.map(({ name, values }) => [name, (i) => show(values[i] || 0)]) : []),
    ...(before ? [['Before', (i) => show(before[i] || 0)]] : [])];
  const fill = () => shown.replaceChildren(...table([...names.keys()], columns,
    { label: 'the chart', shown: Infinity }).filter(Boolean));
  return h('details', { class: 'twin', ontoggle: fill }, h('summary', {}, 'As a table'), shown);
}

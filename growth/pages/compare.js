// The panel that compares, for each channel, the credit of first clicks with the credit of last clicks.
import { question } from './asking.js';
import { h } from './dom.js';
import { number } from './format.js';

const SHOWN = 10, WIDTH = 400, LEFT = 14, RIGHT = 90;

export const startsAndFinishes = {
  id: 'starts', title: () => 'Who starts, who finishes', note: () => 'first click against last click',
  load: (view, ask) => Promise.all(['first_click', 'last_click'].map((model) =>
    ask(question(view, { by: 'channel', model, metrics: 'conversions' })))),
  draw(view, answers) {
    const [first, last] = answers.map(({ results }) =>
      new Map(results.map((row) => [row.channel, row.conversions])));
    const rows = [...new Set([...first.keys(), ...last.keys()])]
      .map((name) => ({ name, starts: first.get(name) || 0, finishes: last.get(name) || 0 }))
      .filter(({ starts, finishes }) => starts + finishes > 0)
      .sort((a, b) => Math.max(b.starts, b.finishes) - Math.max(a.starts, a.finishes)).slice(0, SHOWN);
    const most = Math.max(1, ...rows.flatMap(({ starts, finishes }) => [starts, finishes]));
    const mark = (name) => h('span', { class: name }, h('i'), name);
    return [h('div', { class: 'legend' }, mark('starts'), mark('finishes')),
      h('ul', { class: 'dumbbells' }, rows.map((row) => h('li', {}, h('span', {}, row.name), dumbbell(row, most))))];
  } };

function dumbbell({ name, starts, finishes }, most) {
  const x = (value) => LEFT + (value / most) * (WIDTH - LEFT - RIGHT);
  const [first, last] = [number(starts), number(finishes)], dot = (look, cx) => h('circle', { class: look, cx, cy: 13, r: 5.5 });
  const label = `${name}: starts ${first}, finishes ${last}`;
  return h('svg', { viewBox: `0 0 ${WIDTH} 26`, role: 'img', 'aria-label': label },
    h('line', { x1: x(starts), x2: x(finishes), y1: 13, y2: 13 }), dot('starts', x(starts)), dot('finishes', x(finishes)),
    h('text', { x: Math.max(x(starts), x(finishes)) + 12, y: 17 }, first === last ? first : `${first} → ${last}`));
}

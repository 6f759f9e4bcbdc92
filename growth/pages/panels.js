// The panels of the dashboard. A panel asks for its own numbers, usually when the user scrolls to it. `asks` returns
// the parameters of the panel's question. The button CSV saves the answer to this question. If a panel needs more
// than this one answer, or no answer, it has a function `load`, which gets the data instead.
import { ask, Closed, save, Stopped } from './asking.js';
import { button, h, isNarrow } from './dom.js';
import { waiting } from './views.js';

const AHEAD = '300px', OPEN_ON_PHONES = ['ads', 'time'];

export class Panel {
  constructor(kind, fail) {
    this.kind = kind;
    this.fail = fail;
    this.body = h('div', { class: 'body' }, waiting());
    this.head = h('h2');
    this.note = h('span', { class: 'note' });
    this.csv = button('CSV', () => this.save(), { class: 'csv', hidden: true });
    this.element = h('details', { class: `card${kind.wide ? ' wide' : ''}`, id: kind.id,
      open: !isNarrow() || OPEN_ON_PHONES.includes(kind.id), ontoggle: () => this.load() },
    h('summary', {}, this.head, ' ', this.note), this.csv, this.body);
    new IntersectionObserver((seen) => {
      this.isSeen = seen.at(-1).isIntersecting;
      this.load();
    }, { rootMargin: AHEAD }).observe(this.element);
  }

  // Shows another view. The old numbers stay, in a paler colour, until the new numbers arrive.
  show(view, signal) {
    Object.assign(this, { view, signal, isLoaded: false });
    clearTimeout(this.timer);
    this.head.textContent = this.kind.title(view);
    this.note.textContent = this.kind.note?.(view) || '';
    this.csv.setAttribute('aria-label', `${this.head.textContent} as CSV`);
    this.body.classList.add('busy');
    return this.load();
  }

  async load() {
    if (!this.view || this.isLoaded || !this.element.open || !(this.isSeen || this.kind.now)) return;
    this.isLoaded = true;
    const { view, signal } = this;
    try {
      const asking = (params) => ask(params, signal);
      const data = await (this.kind.load ? this.kind.load(view, asking) : asking(this.kind.asks(view)));
      if (this.signal !== signal) return;
      this.body.replaceChildren(...[this.kind.draw(view, data)].flat(Infinity).filter(Boolean));
      if (this.kind.every) this.timer = setTimeout(() => this.again(), this.kind.every);
    } catch (ex) {
      if (ex.name === 'AbortError') return;
      this.showError(ex);
    }
    this.csv.hidden = !this.kind.asks || !this.body.querySelector('tbody tr, .latest li');
    this.body.classList.remove('busy');
  }

  async save() {
    try {
      await save(this.kind.asks(this.view), this.signal);
    } catch (ex) {
      if (ex.name !== 'AbortError') this.showError(ex);
    }
  }

  showError(ex) {
    if (ex instanceof Closed || ex instanceof Stopped) this.fail(ex);
    else this.body.replaceChildren(h('p', { class: 'down' }, ex.message));
  }

  // Asks for new numbers. While the page is hidden, it only waits.
  again() {
    this.isLoaded = document.hidden;
    if (document.hidden) this.timer = setTimeout(() => this.again(), this.kind.every);
    else this.load();
  }
}

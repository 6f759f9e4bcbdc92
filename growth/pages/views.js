// What the dashboard shows if it has no numbers: there are none, the service needs a token, or the service fails.
import { remember, wasRefused } from './asking.js';
import { button, h } from './dom.js';
import { clear, go } from './state.js';

const card = (...children) => h('section', { class: 'card view' }, ...children);
const code = (text) => h('pre', { tabindex: 0 }, h('code', {}, text));

export function empty() {
  const here = location.origin;
  return card(h('h1', {}, 'No visits yet'),
    h('p', {}, 'Put this on your pages, and open one with ', h('code', {}, '?utm_source=test'), ':'),
    code(`<script src="${here}/growth.js" async></script>`),
    h('p', {}, 'Or send a pageview from your server:'),
    code([`curl ${here}/pageviews -H 'Content-Type: application/json' -d`,
      '\'{"fingerprint": "test-1", "url": "https://www.example.com/?utm_source=test"}\''].join(' ')),
    h('p', {}, 'Or send demo traffic: ', h('code', {}, 'make seed')),
    h('p', { class: 'soft' }, 'This page looks again every 5 seconds.'));
}

export const nothingFits = () => card(h('h1', {}, 'Nothing fits these filters in this period'),
  button('Remove the filters', clear));

export const nothingThen = () => card(h('h1', {}, 'Nothing happened in this period'),
  button('Show the last 12 months', () => go({ period: '12m', from: null, to: null })));

// A form that asks for the read token. The token is kept in the session storage of the tab, never in the URL.
export function closed(open) {
  const token = h('input', { id: 'token', type: 'password', autocomplete: 'off', required: true });
  return card(h('h1', {}, 'This service is closed'),
    wasRefused() && h('p', { class: 'down' }, 'The service refuses this token.'),
    h('form', { class: 'token', onsubmit: (e) => { e.preventDefault(); remember(token.value.trim()); open(); } },
      h('label', { for: 'token' }, 'Read token'), token, h('button', {}, 'Open')));
}

export const stopped = (text) => card(h('h1', {}, text), h('p', {}, 'This page asks again every 5 seconds.'));
export const failed = (text) => card(h('h1', {}, 'This cannot be shown'), h('p', {}, text));
export const waiting = () => h('div', { class: 'skeleton', role: 'status', 'aria-label': 'Loading' });

// Sends questions to GET /attribution, with the read token that is kept in the session storage.
import { h } from './dom.js';
import { key } from './state.js';

const TOKEN = 'growth-read-token', SAVED_MS = 60000;
export const MOST = 10000; // the largest number of groups in an answer

export class Closed extends Error {}
export class Stopped extends Error {}

export const remember = (token) => sessionStorage.setItem(TOKEN, token);
export const wasRefused = () => sessionStorage.getItem(TOKEN) !== null;

export const ask = async (params, signal) => (await answerTo(params, signal)).json();

// Saves an answer as a CSV file. A plain link would not do, because it cannot send the token.
export async function save(params, signal) {
  const answer = await answerTo([...params, ['format', 'csv']], signal);
  const [, name] = /filename="(.+?)"/.exec(answer.headers.get('Content-Disposition')) || [null, 'growth.csv'];
  const url = URL.createObjectURL(await answer.blob());
  h('a', { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), SAVED_MS);
}

async function answerTo(params, signal) {
  const token = sessionStorage.getItem(TOKEN);
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const answer = await fetch(`attribution?${new URLSearchParams(params)}`, { headers, signal })
    .catch((ex) => { throw ex.name === 'AbortError' ? ex : new Stopped('The service does not answer'); });
  if (answer.ok) return answer;
  if (answer.status === 401 || answer.status === 403) throw new Closed('The service is closed');
  if ([500, 502, 504].includes(answer.status)) throw new Stopped(`The service answers ${answer.status}`);
  const problem = await answer.json().catch(() => ({}));
  const errors = Object.entries(problem.errors || {}).map(([name, text]) => `${name}: ${text}`);
  throw new Error(errors.join(' ') || problem.detail || problem.title || `Error ${answer.status}`);
}

// The parameters of a question: the event, model, time zone and filters of the view, the period `when`, and
// the parameters in `more`.
export function question(view, more, when = view.when) {
  const { event, model, zone, filters } = view.s;
  return [...Object.entries({ event, model, timezone: zone, ...when, ...more })
    .filter(([, value]) => value != null),
  ...filters.map(({ field, is, value }) => [key(field, is), value])];
}

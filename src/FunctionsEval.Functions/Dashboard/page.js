// The page around the views: which one the address names, what goes wrong in it, what is saved from it.

import { ApiError } from './api.js';
import { element } from './dom.js';

const REFRESH_MILLISECONDS = 3000;

const main = document.getElementById('main');
const notice = document.getElementById('notice');
let routes = []; // What each address shows.
let shown = 0; // Which showing is on the page: answers to an earlier one are dropped.

/** Shows what the address names. */
export async function show(isFirst = false) {
  const current = ++shown;
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const parts = path.split('/').filter((part) => part !== '').map(decode);
  const values = new URLSearchParams(query);
  for (const link of document.querySelectorAll('body > header nav a')) {
    if (link.getAttribute('href') === `#/${parts[0] === undefined || parts[0] === 'runs' ? '' : parts[0]}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const isCurrent = () => current === shown;
  notice.textContent = '';
  try {
    const content = await contentOf(parts, { values, isCurrent });
    if (!isCurrent()) return;
    main.replaceChildren(...content);
    document.title = `${main.querySelector('h1').textContent} – FunctionsEval`;
    if (!isFirst) main.focus();
  } catch (error) {
    if (!isCurrent()) return;
    main.replaceChildren(element('h1', {}, 'That did not work'), element('p', {}, wordsOf(error)),
      element('p', { class: 'row' }, element('button', { type: 'button', onclick: () => show() }, 'Try again'), element('a', { href: '#/' }, 'All runs')));
    if (!(error instanceof ApiError)) throw error;
  }
}

/** The content of the first view whose address has these parts. */
function contentOf(parts, context) {
  for (const [address, view] of routes) {
    const names = address.split('/').filter((name) => name !== '');
    if (names.length !== parts.length || names.some((name, index) => !name.startsWith(':') && name !== parts[index])) continue;
    return view({ ...context, ...Object.fromEntries(names.flatMap((name, index) => (name.startsWith(':') ? [[name.slice(1), parts[index]]] : []))) });
  }
  return [element('h1', {}, 'Not found'), element('p', {}, 'There is no such view. ', element('a', { href: '#/' }, 'All runs'))];
}

/** A part of an address; one that is badly escaped stays as it is. */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Repeats a step while the view is shown and the step answers true. */
export function whileShown(isCurrent, step) {
  setTimeout(async () => {
    if (!isCurrent()) return;
    try {
      if (!await step()) return;
      notice.textContent = '';
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (isCurrent()) notice.textContent = `${error.message} Trying again.`;
    }
    whileShown(isCurrent, step);
  }, REFRESH_MILLISECONDS);
}

/** The address of a view and its filters, as a link has it. */
export const addressOf = (view, query) => (query && [...query].length > 0 ? `#/${view}?${query}` : `#/${view}`);

/** Goes to a view. */
export const go = (view, query) => { location.hash = addressOf(view, query); };

/** Says in the address what is shown, without showing it again: for filters that apply as one types. */
export const remember = (view, query) => history.replaceState(null, '', addressOf(view, query));

/** Lets the reader keep what is read. */
export async function save(read, name) {
  try {
    const address = URL.createObjectURL(await read());
    element('a', { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch (error) {
    tell(error);
  }
}

/** Says what the app refused. */
export function tell(error) {
  notice.textContent = wordsOf(error);
  if (!(error instanceof ApiError)) throw error;
}

/** What went wrong: the app's words, or that the page itself is at fault. */
const wordsOf = (error) => (error instanceof ApiError ? error.message : 'The page cannot show what the app answered. Reload it; if that does not help, the browser’s console says where it fails.');

/** Begins to follow the address; routes are [address, view]. */
export function follow(views) {
  routes = views;
  window.addEventListener('unhandledrejection', (event) => { // A click whose answer nobody waits for.
    if (!(event.reason instanceof ApiError)) return;
    event.preventDefault();
    tell(event.reason);
  });
  window.addEventListener('hashchange', () => show());
  show(true);
}

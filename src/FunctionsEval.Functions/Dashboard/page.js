// The page around the views: which one the address names, what goes wrong in it, what is saved from it.

import { ApiError } from './api.js';
import { element } from './dom.js';

const REFRESH_MILLISECONDS = 3000;

const main = document.getElementById('main');
const notice = document.getElementById('notice');
let contentOf = null; // Gives the content of the view that an address names.
let shown = 0; // Which showing is on the page: answers to an earlier one are dropped.

/** Shows what the address names. */
export async function show(isFirst = false) {
  const current = ++shown;
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [view, id, part] = path.split('/').map(decodeURIComponent);
  const values = new URLSearchParams(query);
  for (const link of document.querySelectorAll('nav a')) {
    if (link.getAttribute('href') === `#/${view === 'runs' ? '' : view}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const isCurrent = () => current === shown;
  notice.textContent = '';
  try {
    const content = await contentOf({ view, id, part, values, isCurrent });
    if (!isCurrent()) return;
    main.replaceChildren(...content);
    document.title = `${main.querySelector('h1').textContent} – FunctionsEval`;
    if (!isFirst) main.focus();
  } catch (error) {
    if (!isCurrent()) return;
    if (!(error instanceof ApiError)) throw error;
    main.replaceChildren(element('h1', {}, 'That did not work'), element('p', {}, error.message), element('p', {}, element('a', { href: '#/' }, 'All runs')));
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

/** Goes to a view. */
export const go = (view, query) => { location.hash = query && [...query].length > 0 ? `#/${view}?${query}` : `#/${view}`; };

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
  if (!(error instanceof ApiError)) throw error;
  notice.textContent = error.message;
}

/** Begins to follow the address. */
export function follow(views) {
  contentOf = views;
  window.addEventListener('hashchange', () => show());
  show(true);
}

// The app's own API, called with the key that the reader gave; nothing else is reached.

const STORED_KEY = 'functionseval.key';
const dialog = document.getElementById('key-dialog');
const forget = document.getElementById('forget-key');

/** What the app refused, in its own words. */
export class ApiError extends Error {}

showForget();
forget.addEventListener('click', () => {
  sessionStorage.removeItem(STORED_KEY);
  showForget();
  location.reload();
});

/** Where the API has a run. */
export const pathOf = (runId) => `/api/evaluations/${encodeURIComponent(runId)}`;

/** The JSON that a route answers. */
export async function get(path, query) {
  return (await send(path, query)).json();
}

/** Has a route do something, with a body where it takes one; the JSON that it answers. */
export async function post(path, body) {
  return (await send(path, undefined, 'POST', body)).json();
}

/** Has a route take something back; the JSON that it answers. */
export async function remove(path, query) {
  return (await send(path, query, 'DELETE')).json();
}

/** The body that a route answers, for a download or another tab. */
export async function blob(path, query) {
  return (await send(path, query)).blob();
}

async function send(path, query, method = 'GET', body = undefined) {
  const address = query && [...query].length > 0 ? `${path}?${query}` : path;
  for (;;) {
    const key = sessionStorage.getItem(STORED_KEY);
    let response;
    try {
      response = await fetch(address, { method, headers: { ...(key ? { 'x-functions-key': key } : {}), ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, body: body === undefined ? undefined : JSON.stringify(body) });
    } catch {
      throw new ApiError('The app does not answer. If you signed in, the sign-in may have ended: reload the page.');
    }
    if (response.status === 401 || response.status === 403) {
      await askForKey(key !== null);
      continue;
    }
    if (response.ok) return response;
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
    throw new ApiError(isProblem ? (await response.json()).detail : `The app answered ${response.status}.`);
  }
}

let asking = null;

/** Opens the dialog once, however many requests wait for it. */
function askForKey(wasRefused) {
  asking ??= new Promise((resolve) => {
    const input = dialog.querySelector('input');
    input.value = '';
    dialog.querySelector('#key-title').textContent = wasRefused ? 'Another function key: the app refused that one' : 'Function key';
    dialog.addEventListener('close', () => {
      if (input.value !== '') sessionStorage.setItem(STORED_KEY, input.value);
      input.value = '';
      asking = null;
      showForget();
      resolve();
    }, { once: true });
    dialog.showModal();
  });
  return asking;
}

function showForget() {
  forget.hidden = sessionStorage.getItem(STORED_KEY) === null;
}

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
  return jsonOf(await send(path, query));
}

/** Has a route do something, with a body where it takes one; the JSON that it answers. */
export async function post(path, body) {
  return jsonOf(await send(path, undefined, 'POST', body));
}

/** Has a route take something back; the JSON that it answers. */
export async function remove(path, query) {
  return jsonOf(await send(path, query, 'DELETE'));
}

/** The body that a route answers, for a download or another tab. */
export async function blob(path, query) {
  return (await send(path, query)).blob();
}

/** The JSON of an answer. A page in its place is another server's: a sign-in or a proxy. */
async function jsonOf(response) {
  try {
    return await response.json();
  } catch {
    throw new ApiError('The answer is not the app’s: a proxy or a sign-in may stand before it. Reload the page.');
  }
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
      if (await askForKey(key !== null)) continue;
      throw new ApiError('The app asks for a function key. Reload the page to give one.');
    }
    if (response.ok) return response;
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
    const problem = isProblem ? await response.json().catch(() => null) : null;
    throw new ApiError(problem?.detail ?? problem?.title ?? `The app answered ${response.status}.`);
  }
}

let asking = null;

/** Opens the dialog once, however many requests wait for it; whether a key was given. */
function askForKey(wasRefused) {
  asking ??= new Promise((resolve) => {
    const input = dialog.querySelector('input');
    input.value = '';
    dialog.returnValue = '';
    dialog.querySelector('#key-title').textContent = wasRefused ? 'Another function key: the app refused that one' : 'Function key';
    dialog.addEventListener('close', () => {
      const isGiven = dialog.returnValue === 'use' && input.value !== '';
      if (isGiven) sessionStorage.setItem(STORED_KEY, input.value);
      input.value = '';
      asking = null;
      showForget();
      resolve(isGiven);
    }, { once: true });
    dialog.showModal();
  });
  return asking;
}

function showForget() {
  forget.hidden = sessionStorage.getItem(STORED_KEY) === null;
}

// The history of runs by suite: filtered as one types, kept up to date, read and compared by keyboard.

import { get, pathOf } from '../api.js';
import { count, element } from '../dom.js';
import { go, remember, whileShown } from '../page.js';
import { progressOf, RecentRate } from '../parts/progress.js';
import { runsFilter, textOf } from '../parts/runs-filter.js';
import { runsTable } from '../parts/runs-table.js';
import { startSection } from '../parts/start.js';
import { counted, isUnderWay } from '../words.js';

const PAGE = 50;
const MOST_PAGES_AT_ONCE = 6; // So many pages are read for a filter that few runs pass, before one has to ask for more.
const ENOUGH = 15;
const MOST_ASKED = 8; // Runs under way that are asked about in one step.

export async function runsView({ values, isCurrent }) {
  const runs = new Map();
  const rates = new Map();
  let continuation = null;
  let asked = 0; // Which question to the app is the last: answers to earlier ones are dropped.

  const selection = newSelection(() => { drawSelection(); draw(); });
  const table = runsTable(selection, (run) => rates.get(run.runId)?.value);
  const more = element('button', { type: 'button', hidden: true, onclick: () => load(true) }, 'Older runs');
  const status = element('p', { class: 'soft small', role: 'status' });
  const nothing = element('div');
  const bar = element('div', { class: 'selection', hidden: true, role: 'region', 'aria-label': 'Selected runs' });
  const filter = runsFilter(values, { known: () => [...runs.values()], onText: () => { remember('', values); draw(); }, onFilter: () => { remember('', values); reload(); }, onLeave: () => links()[0]?.focus() });
  const links = () => [...table.element.querySelectorAll('a.open')];

  const queryOf = (page) => {
    const query = new URLSearchParams([...values].filter(([name]) => name !== 'q'));
    query.set('size', PAGE);
    if (page) query.set('continuation', page);
    return query;
  };

  const shown = () => {
    const words = (values.get('q') ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    const all = [...runs.values()];
    return (words.length === 0 ? all : all.filter((run) => words.every((word) => textOf(run).includes(word)))).sort((a, b) => b.started?.localeCompare(a.started ?? '') ?? 0);
  };

  function draw() {
    const visible = shown();
    table.draw(visible);
    const isEmpty = visible.length === 0;
    table.element.hidden = isEmpty;
    const isFiltered = [...values].length > 0;
    status.textContent = isEmpty ? '' : `${counted(visible.length, 'run')}${continuation ? ', older ones follow' : ''}`;
    more.hidden = !continuation;
    more.textContent = isFiltered ? 'Look in older runs' : 'Older runs';
    if (!isEmpty || continuation) nothing.replaceChildren(isEmpty ? element('p', {}, 'None of the runs that were read matches.') : '');
    else if (isFiltered) nothing.replaceChildren(element('p', {}, 'No run matches. ', element('a', { href: '#/', onclick: () => { filter.input.value = ''; } }, 'All runs')));
    else if (!nothing.querySelector('section')) nothing.replaceChildren(startSection());
  }

  function drawSelection() {
    const number = selection.ids().length;
    bar.hidden = number === 0;
    bar.replaceChildren(
      element('span', {}, number === 1 ? '1 run selected: select another to compare' : `${count(number)} runs selected`),
      element('button', { type: 'button', class: 'primary', disabled: number < 2, onclick: () => go('compare', new URLSearchParams({ runs: inOrder(selection.ids()).join(',') })) }, 'Compare'),
      element('button', { type: 'button', onclick: () => selection.clear() }, 'Clear'));
  }

  /** Oldest first: what came before stands before. */
  const inOrder = (ids) => ids.toSorted((a, b) => (runs.get(a)?.started ?? '').localeCompare(runs.get(b)?.started ?? ''));

  async function load(isMore) {
    const current = ++asked;
    for (let pages = 0; pages < MOST_PAGES_AT_ONCE; pages++) {
      const page = await get('/api/evaluations', queryOf(isMore || pages > 0 ? continuation : null));
      if (current !== asked) return;
      page.runs.forEach(take);
      continuation = page.continuation ?? null;
      draw();
      if (!continuation || shown().length >= ENOUGH) return;
    }
  }

  async function reload() {
    runs.clear();
    await load(false);
  }

  function take(run) {
    const known = runs.get(run.runId);
    const keeps = known && isUnderWay(run) ? { progress: known.progress, members: known.members, before: known.before } : {};
    runs.set(run.runId, { ...keeps, ...run });
    if (!isUnderWay(run)) rates.delete(run.runId);
  }

  /** What happened since: new runs and ends in the first page, and how far those under way are. */
  async function refresh() {
    const current = asked;
    const page = await get('/api/evaluations', queryOf());
    if (current !== asked) return true;
    page.runs.forEach(take);
    const seen = new Set(page.runs.map((run) => run.runId));
    const open = [...runs.values()].filter(isUnderWay).sort((a, b) => (a.status === 'Running' ? 0 : 1) - (b.status === 'Running' ? 0 : 1) || seen.has(a.runId) - seen.has(b.runId));
    for (const run of await Promise.all(open.slice(0, MOST_ASKED).map((run) => get(pathOf(run.runId))))) {
      if (current !== asked) return true;
      take(run);
      if (run.status !== 'Running') continue;
      if (!rates.has(run.runId)) rates.set(run.runId, { rate: new RecentRate() });
      const entry = rates.get(run.runId);
      entry.value = entry.rate.add(progressOf(run).done);
    }

    draw();
    return true;
  }

  await load(false);
  if (isCurrent()) refresh().catch(() => {}); // How far runs are is seen at once; the next step says what is wrong.
  whileShown(isCurrent, refresh);
  listenToKeys(isCurrent, filter.input, links);
  drawSelection();
  return [
    element('div', { class: 'row wide head' }, element('h1', {}, 'Runs'), element('span', { class: 'soft small keys' }, element('kbd', {}, '/'), ' filter ', element('kbd', {}, 'j'), ' ', element('kbd', {}, 'k'), ' move ', element('kbd', {}, 'x'), ' select ', element('kbd', {}, 'Enter'), ' open')),
    filter.element, status, nothing, table.element,
    element('div', { class: 'row' }, more), bar,
  ];
}

/** The runs that are selected for a comparison. */
function newSelection(onChange) {
  const ids = new Set();
  return {
    has: (id) => ids.has(id),
    ids: () => [...ids],
    clear: () => { ids.clear(); onChange(); },
    change: (changed, isChosen) => {
      for (const id of changed) isChosen ? ids.add(id) : ids.delete(id);
      onChange();
    },
  };
}

/** Keys for the list: / to filter, j and k or arrows to move, x to select. Typing in a field is left alone. */
function listenToKeys(isCurrent, input, links) {
  const onKey = (event) => {
    if (!isCurrent()) {
      document.removeEventListener('keydown', onKey);
      return;
    }

    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.('input:not([type=checkbox]), select, textarea, dialog')) return;
    const all = links();
    const row = event.target.closest?.('tr[data-run]');
    const at = all.findIndex((link) => row?.contains(link));
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (event.key === '/') input.focus();
    else if (step && (at >= 0 || event.key.length === 1)) all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))]?.focus();
    else if (event.key === 'x' && row) row.querySelector('input').click();
    else return;
    event.preventDefault();
  };
  document.addEventListener('keydown', onKey);
}

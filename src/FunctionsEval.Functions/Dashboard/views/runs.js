// The history of runs, with those under way kept up to date.

import { get, pathOf } from '../api.js';
import { count, element, filterForm, runLink, time, verdict } from '../dom.js';
import { modelOf } from './group.js';
import { go, whileShown } from '../page.js';
import { STATUSES, isUnderWay, statusOf } from '../words.js';

const PAGE = 50;

export async function runsView({ values, isCurrent }) {
  const body = element('tbody');
  const chosen = new Set();
  const compare = element('button', { type: 'button', class: 'primary', disabled: true, onclick: () => go('compare', new URLSearchParams([...chosen].reverse().map((id, index) => [index === 0 ? 'left' : 'right', id]))) }, 'Compare the two chosen');
  const more = element('button', { type: 'button', hidden: true }, 'Older runs');
  const empty = element('p', { hidden: true }, 'No run matches. Drop a dataset into the container, or loosen the filters.');
  const rows = new Map();

  function add(run) {
    const row = element('tr', { 'data-run': run.runId });
    rows.set(run.runId, { row, run });
    fillRow(row, run, chosen, () => {
      compare.disabled = chosen.size !== 2;
      for (const box of body.querySelectorAll('input')) box.disabled = box.dataset.group === 'yes' || (chosen.size === 2 && !box.checked);
    });
    body.append(row);
  }

  async function load(continuation) {
    const query = new URLSearchParams(values);
    query.set('size', PAGE);
    if (continuation) query.set('continuation', continuation);
    const page = await get('/api/evaluations', query);
    page.runs.forEach(add);
    more.hidden = !page.continuation;
    more.onclick = () => load(page.continuation);
    empty.hidden = rows.size > 0 || !more.hidden;
  }

  await load();
  whileShown(isCurrent, async () => {
    for (const entry of rows.values()) {
      if (!isUnderWay(entry.run)) continue;
      entry.run = await get(pathOf(entry.run.runId));
      refreshRow(entry.row, entry.run);
    }
    const latest = await get('/api/evaluations', new URLSearchParams([...values, ['size', 10]]));
    for (const run of latest.runs.filter((run) => !rows.has(run.runId)).reverse()) {
      add(run);
      body.prepend(rows.get(run.runId).row);
    }
    empty.hidden = rows.size > 0 || !more.hidden;
    return true;
  });

  const titles = ['Choose', 'Name', 'Verdict', 'Status', 'Model', 'Baseline', 'Dataset', 'Samples', 'Started'];
  return [
    element('h1', {}, 'Runs'),
    filterForm([
      { name: 'dataset', label: 'Dataset', placeholder: 'suite/test.jsonl' },
      { name: 'suite', label: 'Suite' },
      { name: 'model', label: 'Model' },
      { name: 'status', label: 'Status', options: ['', ...STATUSES] },
      { name: 'verdict', label: 'Verdict', options: ['', 'pass', 'fail', 'inconclusive'] },
    ], values, (query) => go('', query)),
    element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Runs' },
      element('table', {},
        element('caption', {}, 'Latest first; runs under way are kept up to date.'),
        element('thead', {}, element('tr', {}, titles.map((title) => element('th', { scope: 'col', class: title === 'Samples' ? 'number' : null }, title)))),
        body)),
    empty,
    element('div', { class: 'row' }, compare, more),
  ];
}

function fillRow(row, run, chosen, onChoice) {
  const box = element('input', {
    type: 'checkbox',
    'data-group': run.candidates ? 'yes' : null,
    disabled: Boolean(run.candidates), // Its runs can be compared, not the group.
    'aria-label': `Choose ${run.name ?? run.runId} of ${run.model ?? 'no model'} for comparison`,
    onchange: () => {
      if (box.checked) chosen.add(run.runId);
      else chosen.delete(run.runId);
      onChoice();
    },
  });
  row.append(
    element('td', {}, box),
    element('th', { scope: 'row' }, runLink(run.runId, run.name ?? run.runId)),
    element('td', { class: 'result' }),
    element('td', { class: 'status' }),
    element('td', {}, modelOf(run) ?? '–'),
    element('td', {}, run.baseline ?? '–'),
    element('td', {}, run.dataset ?? '–'),
    element('td', { class: 'number samples' }),
    element('td', {}, time(run.started)));
  refreshRow(row, run);
}

function refreshRow(row, run) {
  row.querySelector('.status').replaceChildren(...statusOf(run));
  row.querySelector('.result').replaceChildren(verdict(run), ...warningsOf(run));
  row.querySelector('.samples').textContent = run.samples === undefined ? '–' : count(run.samples);
}

/** How many warnings a run has, beside its verdict; the run's own page has their words. */
function warningsOf(run) {
  const number = run.warnings?.length ?? 0;
  return number === 0 ? [] : [' ', element('span', { class: 'inconclusive', title: run.warnings.join('\n') }, number === 1 ? '1 warning' : `${count(number)} warnings`)];
}

// What one does with a run: open its report, take it away, compare, stop it, go on with it.

import { blob, get, pathOf, post } from '../api.js';
import { count, element } from '../dom.js';
import { addressOf, save, show, tell } from '../page.js';
import { hasNumbers, isUnderWay } from '../words.js';

/** Errors of the data or the spec, which a run keeps: it would fail again. Each with what helps. */
const NOT_RESUMABLE = {
  invalid_spec: 'Resume cannot help: a run keeps its spec. Fix it and start a new run.',
  no_spec: 'Resume cannot help: upload a spec; the dataset is evaluated then.',
  run_not_planned: 'Resume cannot help: fix the error and start a new run.',
  malformed_rows: 'Resume cannot help: a run keeps its dataset. Fix the rows and upload them; the new version has a run of its own.',
  invalid_dataset: 'Resume cannot help: a run keeps its dataset. Fix it and upload it; the new version has a run of its own.',
  unsupported_format: 'Resume cannot help: upload the dataset in a format that is read.',
  dataset_changed: 'Resume cannot help: the dataset was replaced, and the new version has a run of its own.',
  dataset_missing: 'Resume cannot help: the dataset is not there any more.',
};

/** Buttons beside the run's name. */
export function actionsOf(run) {
  const path = pathOf(run.runId);
  const [isReadable, isOver] = [hasNumbers(run), !isUnderWay(run)];
  return element('div', { class: 'row actions no-print' },
    isReadable ? element('button', { type: 'button', onclick: () => openReport(path) }, 'Open the report') : null,
    isReadable ? exportMenu(run, path) : null,
    isReadable && !run.members ? element('a', { class: 'button', href: addressOf('compare', new URLSearchParams({ right: run.runId })) }, 'Compare') : null,
    !isOver && !run.group ? control('Cancel the run', 'Cancel the run? What was answered is kept and summed up; the rest can be resumed.', `${path}/cancel`) : null,
    isOver && resumeOf(run).may ? control(resumeOf(run).text, 'Resume the run? It asks for what is missing only; what was answered is not paid again.', `${path}/resume`) : null);
}

/** Whether resuming can help, and why it cannot; nothing of a run that has nothing left. */
export function resumeOf(run) {
  if (run.group) return { may: false, why: isUnderWay(run) || run.status === 'Completed' ? null : 'Its group resumes it.' };
  if (['Partial', 'Cancelled'].includes(run.status)) return { may: true, text: 'Resume the run' };
  if (run.status === 'Failed') return NOT_RESUMABLE[run.errorCode] ? { may: false, why: NOT_RESUMABLE[run.errorCode] } : { may: true, text: 'Resume the run' };
  const unanswered = (role) => (run[`${role}Exhausted`] ?? 0) + (run[`${role}TimedOut`] ?? 0);
  const left = run.status === 'Completed' ? unanswered('candidate') + (run.baselineRun ? 0 : unanswered('baseline')) : 0;
  if (left > 0) return { may: true, text: `Ask again for ${count(left)} without an answer` };
  return { may: run.status === 'Completed' && (run.members ?? []).some((member) => ['Failed', 'Partial', 'Cancelled'].includes(member.status)), text: 'Resume the run' };
}

function control(text, question, path) {
  return element('button', {
    type: 'button',
    onclick: async (event) => {
      if (!confirm(question)) return;
      event.target.disabled = true;
      try {
        await post(path);
        await show();
      } catch (error) {
        event.target.disabled = false;
        tell(error);
      }
    },
  }, text);
}

function exportMenu(run, path) {
  const { runId } = run;
  const item = (text, act) => element('li', {}, element('button', { type: 'button', class: 'quiet', onclick: (event) => { act(); event.target.closest('details').open = false; } }, text));
  const samples = (format) => () => save(() => blob(`${path}/samples`, new URLSearchParams({ format })), `${runId}-samples.${format}`);
  const menu = element('details', { class: 'menu' },
    element('summary', { class: 'button' }, 'Export ', element('span', { 'aria-hidden': 'true' }, '▾')),
    element('ul', {},
      item('Summary (JSON)', () => save(() => blob(`${path}/summary`), `${runId}-summary.json`)),
      run.members ? null : [
        item('Metrics (CSV)', () => save(async () => csv((await get(`${path}/metrics`)).metrics), `${runId}-metrics.csv`)),
        item('Samples (CSV)', samples('csv')),
        item('Samples (JSON lines)', samples('jsonl')),
        item('Samples (Parquet)', samples('parquet')),
      ],
      item('Comment (Markdown)', () => save(() => blob(`${path}/overview`, new URLSearchParams({ format: 'markdown' })), `${runId}.md`))));
  menu.addEventListener('keydown', (event) => { if (event.key === 'Escape') { menu.open = false; menu.querySelector('summary').focus(); } });
  menu.addEventListener('focusout', (event) => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false; });
  return menu;
}

async function openReport(path) {
  const tab = window.open('', '_blank'); // Opened in the click itself: later it would be a pop-up.
  try {
    const address = URL.createObjectURL(await blob(`${path}/report`));
    if (tab) tab.location = address;
    else location.assign(address);
  } catch (error) {
    tab?.close();
    tell(error);
  }
}

function csv(rows) {
  const columns = ['role', 'name', 'slice', 'value', 'lower', 'upper', 'interval', 'samples', 'difference', 'differenceLower', 'differenceUpper', 'pValue', 'adjustedPValue', 'test', 'signature', 'noInterval', 'differenceInterval', 'noDifferenceInterval'];
  const field = (value) => {
    const text = value === null || value === undefined ? '' : String(value);
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text; // A spreadsheet would take it for a formula.
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))].map((line) => line.map(field).join(','));
  return new Blob([`${lines.join('\r\n')}\r\n`], { type: 'text/csv' });
}

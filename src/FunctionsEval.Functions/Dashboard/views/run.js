// A run: its verdict, its metrics beside the baseline's, what became of the samples, and everything to take away.

import { blob, get, pathOf, post } from '../api.js';
import { DIFFERENCE_COLUMNS, count, element, interval, number, runLink, table, time, viewOf } from '../dom.js';
import { groupSections } from './group.js';
import { save, show, tell, whileShown } from '../page.js';
import { saveSamples } from './samples.js';
import { OUTCOMES, isUnderWay, statusOf } from '../words.js';

export async function runView({ runId, isCurrent }) {
  const path = pathOf(runId);
  let run = await get(path);
  const status = element('span', {}, ...statusOf(run));
  if (isUnderWay(run)) {
    whileShown(isCurrent, async () => {
      run = await get(path);
      status.replaceChildren(...statusOf(run));
      if (isUnderWay(run)) return true;
      await show();
      return false;
    });
  }

  const hasSummary = ['Completed', 'Partial', 'Cancelled'].includes(run.status);
  const facts = [
    ['Status', status],
    [run.candidates ? 'Candidates' : 'Model', run.candidates?.join(', ') ?? run.model], ['Baseline', run.baseline],
    ['Baseline not called', run.baselineRun && !run.candidates ? element('span', {}, 'answers of run ', runLink(run.baselineRun, run.baselineRun)) : null],
    ['Group', run.group ? runLink(run.group, run.group) : null],
    ['Dataset', run.dataset], ['Samples', run.samples === undefined ? null : count(run.samples)],
    ['Started', time(run.started)], ['Finished', run.finished ? time(run.finished) : null], ['Source', run.source], ['Fine-tuning job', run.fineTuneJob],
    ['Hosting', run.hostingHours === undefined ? null : `${number(run.hostingHours)} h of ${count(run.deployments)} deployments, cost ${number(run.hostingCost)}`],
    ['Previous run', run.previousRun ? element('a', { href: `#/compare?${new URLSearchParams({ left: run.previousRun, right: run.runId })}` }, run.previousRun) : null],
    ['Run', run.runId], ['Code', run.codeVersion],
    ['Error', run.errorCode ? `${run.errorCode}: ${run.errorMessage}` : null],
  ].filter(([, value]) => value !== null && value !== undefined);
  const content = [
    element('h1', {}, run.name ?? run.runId),
    run.verdict ? element('p', { class: `verdict ${run.verdict}` }, run.verdict) : null,
    run.verdictReasons ? element('ul', { class: 'reasons' }, run.verdictReasons.split('; ').map((reason) => element('li', {}, reason))) : null,
    run.warnings?.length ? element('section', {}, element('h2', {}, 'Warnings'), element('ul', { class: 'reasons warnings' }, run.warnings.map((warning) => element('li', {}, warning)))) : null,
    element('dl', {}, facts.map(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])),
  ];
  const control = controlOf(run, path);
  if (run.members)
    return [...content, control, hasSummary ? groupActions(run, path) : null, ...await groupSections(run, hasSummary), hasSummary ? outcomesTable(run) : null].filter(Boolean);
  if (!hasSummary) return [...content, control].filter(Boolean);

  const { metrics } = await get(`${path}/metrics`);
  return [...content, control, actions(run, path, metrics), ...metricsSection(metrics), outcomesTable(run)].filter(Boolean);
}

/** What may be done with the run itself: cancelled while it is under way, resumed when it ended before its last sample. */
function controlOf(run, path) {
  const button = (text, question, step) => element('div', { class: 'row' }, element('button', {
    type: 'button',
    onclick: async (event) => {
      if (!confirm(question)) return;
      event.target.disabled = true;
      try {
        await post(`${path}/${step}`);
        await show();
      } catch (error) {
        event.target.disabled = false;
        tell(error);
      }
    },
  }, text));
  if (run.group) return null; // Its group stops and resumes it.
  if (isUnderWay(run))
    return button('Cancel the run', 'Cancel the run? What was answered is kept and summed up; the rest can be resumed.', 'cancel');
  if (['Partial', 'Cancelled', 'Failed'].includes(run.status))
    return button('Resume the run', 'Resume the run? It asks for what is missing only; what was answered is not paid again.', 'resume');
  return null;
}

function actions(run, path, metrics) {
  const samples = (format) => () => saveSamples(run.runId, format);
  const button = (text, onclick) => element('button', { type: 'button', onclick }, text);
  return element('div', { class: 'row' },
    element('a', { href: `#/${viewOf(run.runId)}/samples` }, 'Samples'),
    element('a', { href: `#/compare?right=${encodeURIComponent(run.runId)}` }, 'Compare with another run'),
    button('Open the report', () => openReport(path)),
    button('Summary (JSON)', () => save(() => blob(`${path}/summary`), `${run.runId}-summary.json`)),
    button('Metrics (CSV)', () => save(() => csv(metrics), `${run.runId}-metrics.csv`)),
    button('Samples (CSV)', samples('csv')),
    button('Samples (JSON lines)', samples('jsonl')),
    button('Samples (Parquet)', samples('parquet')));
}

/** What may be taken away from a group; samples are those of its runs. */
function groupActions(run, path) {
  const button = (text, onclick) => element('button', { type: 'button', onclick }, text);
  return element('div', { class: 'row' },
    button('Open the report', () => openReport(path)),
    button('Summary (JSON)', () => save(() => blob(`${path}/summary`), `${run.runId}-summary.json`)));
}

/** Numbers of single classes, such as f1[billing], stand after those of all. */
const isOfClass = (metric) => metric.name.includes('[');

function metricsSection(metrics) {
  const slices = [...new Set(metrics.map((metric) => metric.slice))].sort((a, b) => (a === 'all' ? -1 : b === 'all' ? 1 : a.localeCompare(b)));
  const place = element('div');
  const fill = (slice) => {
    const ofBaseline = new Map(metrics.filter((metric) => metric.role === 'baseline' && metric.slice === slice).map((metric) => [metric.name, metric]));
    const rows = metrics.filter((metric) => metric.role === 'candidate' && metric.slice === slice).sort((a, b) => isOfClass(a) - isOfClass(b));
    const columns = [
      { title: 'Metric', isHeader: true, of: (row) => row.name },
      { title: 'Candidate', className: 'number', of: (row) => number(row.value) + interval(row.lower, row.upper, row.noInterval) },
    ];
    if (ofBaseline.size > 0) {
      columns.push(
        { title: 'Baseline', className: 'number', of: (row) => { const other = ofBaseline.get(row.name); return other ? number(other.value) + interval(other.lower, other.upper, other.noInterval) : '–'; } },
        ...DIFFERENCE_COLUMNS);
    }
    columns.push({ title: 'Samples', className: 'number', of: (row) => count(row.samples) });
    place.replaceChildren(table('Each metric with its interval', columns, rows));
  };
  fill('all');
  const choice = slices.length < 2 ? null : element('label', {}, 'Slice', element('select', { onchange: (event) => fill(event.target.value) }, slices.map((slice) => element('option', { value: slice }, slice))));
  return [element('h2', {}, 'Metrics'), choice, place];
}

const isKnown = (value) => value !== null && value !== undefined;

function outcomesTable(run) {
  const roles = run.baseline ? ['candidate', 'baseline'] : ['candidate'];
  const column = (role, outcome) => run[role + outcome.split('_').map((word) => word[0].toUpperCase() + word.slice(1)).join('')];
  const rows = [
    ...OUTCOMES.map((outcome) => ({ name: outcome, of: (role) => count(column(role, outcome)), link: outcome })),
    { name: 'requests', of: (role) => count(run[`${role}Requests`]) },
    { name: 'latency p50 / p95 / p99', of: (role) => ['P50', 'P95', 'P99'].map((part) => number(run[`${role}LatencyMs${part}`])).join(' / ') + ' ms' },
    { name: 'time to first token p50 / p95 / p99', of: (role) => ['P50', 'P95', 'P99'].map((part) => number(run[`${role}TimeToFirstTokenMs${part}`])).join(' / ') + ' ms', isShown: roles.some((role) => isKnown(run[`${role}TimeToFirstTokenMsP50`])) },
    { name: 'tokens a second after it, p50', of: (role) => number(run[`${role}TokensPerSecondP50`]), isShown: roles.some((role) => isKnown(run[`${role}TokensPerSecondP50`])) },
    { name: 'answered by', of: (role) => run[`${role}AnsweredBy`] ?? '–', isShown: roles.some((role) => isKnown(run[`${role}AnsweredBy`])) },
    { name: 'system fingerprint', of: (role) => run[`${role}SystemFingerprints`] ?? '–', isShown: roles.some((role) => isKnown(run[`${role}SystemFingerprints`])) },
    { name: 'route', of: (role) => run[`${role}Routes`] ?? '–', isShown: roles.some((role) => isKnown(run[`${role}Routes`])) },
    { name: 'answered in its place (spillover)', of: (role) => run[`${role}OtherDeployments`] ?? '–', isShown: roles.some((role) => isKnown(run[`${role}OtherDeployments`])) },
    { name: 'answers with reasoning', of: (role) => count(run[`${role}ReasoningSamples`] ?? 0), isShown: roles.some((role) => isKnown(run[`${role}ReasoningSamples`])) },
    { name: 'not taken by the endpoint', of: (role) => run[`${role}LeftOut`] ?? '–', isShown: roles.some((role) => isKnown(run[`${role}LeftOut`])) },
    { name: 'tokens in / out', of: (role) => `${count(run[`${role}InputTokens`])} / ${count(run[`${role}OutputTokens`])}` },
    { name: 'prompt tokens from the cache', of: (role) => count(run[`${role}CachedInputTokens`] ?? 0), isShown: roles.some((role) => isKnown(run[`${role}CachedInputTokens`])) },
    { name: 'cost', of: (role) => number(run[`${role}Cost`]) },
  ];
  return element('section', {}, element('h2', {}, 'Outcomes and use'), table('Samples by outcome; requests, latency, tokens and cost of each model', [
    { title: 'What', isHeader: true, of: (row) => (row.link && !run.members ? element('a', { href: `#/${viewOf(run.runId)}/samples?outcome=${row.link}` }, row.name) : row.name) },
    ...roles.map((role) => ({ title: role, className: 'number', of: (row) => row.of(role) })),
  ], rows.filter((row) => row.isShown !== false)));
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

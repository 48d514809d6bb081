// The views, each named by the part of the address after #. A view reads its filters from the address, so that a link shows the same.

import { ApiError, blob, get } from './api.js';
import { count, element, filterForm, interval, number, passage, table, time, verdict } from './dom.js';
import { trend } from './trend.js';

const REFRESH_MILLISECONDS = 3000;
const STATUSES = ['Pending', 'AwaitingDeployment', 'Running', 'Completed', 'Partial', 'Cancelled', 'Failed'];
const UNDER_WAY = ['Pending', 'AwaitingDeployment', 'Running'];
const OUTCOMES = ['scored', 'unparsable', 'content_filtered', 'rejected', 'truncated', 'timed_out', 'exhausted', 'malformed_sample'];
const PAGE = 50;

const main = document.getElementById('main');
const notice = document.getElementById('notice');
let shown = 0; // Which showing is on the page: answers to an earlier one are dropped.

window.addEventListener('hashchange', () => show());
show(true);

async function show(isFirst = false) {
  const current = ++shown;
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [view, id, part] = path.split('/').map(decodeURIComponent);
  const values = new URLSearchParams(query);
  for (const link of document.querySelectorAll('nav a'))
    link.toggleAttribute('aria-current', link.getAttribute('href') === `#/${view === 'runs' ? '' : view}`);
  const isCurrent = () => current === shown;
  notice.textContent = '';
  try {
    let content;
    if (view === '' ) content = await runsView(values, isCurrent);
    else if (view === 'runs' && part === 'samples') content = await samplesView(id, values);
    else if (view === 'runs' && id) content = await runView(id, isCurrent);
    else if (view === 'compare') content = await compareView(values);
    else if (view === 'trends') content = await trendsView(values);
    else content = [element('h1', {}, 'Not found'), element('p', {}, 'There is no such view. ', element('a', { href: '#/' }, 'All runs'))];
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

const go = (view, query) => { location.hash = query && [...query].length > 0 ? `#/${view}?${query}` : `#/${view}`; };

/** Repeats a step while the view is shown and the step answers true. */
function whileShown(isCurrent, step) {
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

// Runs

async function runsView(values, isCurrent) {
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
      for (const box of body.querySelectorAll('input')) box.disabled = chosen.size === 2 && !box.checked;
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
      if (!UNDER_WAY.includes(entry.run.status)) continue;
      entry.run = await get(`/api/evaluations/${encodeURIComponent(entry.run.runId)}`);
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

  const titles = ['Choose', 'Name', 'Model', 'Baseline', 'Dataset', 'Status', 'Verdict', 'Samples', 'Started'];
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
    'aria-label': `Choose ${run.name ?? run.runId} of ${run.model ?? 'no model'} for comparison`,
    onchange: () => {
      if (box.checked) chosen.add(run.runId);
      else chosen.delete(run.runId);
      onChoice();
    },
  });
  row.append(
    element('td', {}, box),
    element('th', { scope: 'row' }, element('a', { href: `#/runs/${encodeURIComponent(run.runId)}` }, run.name ?? run.runId)),
    element('td', {}, run.model ?? '–'),
    element('td', {}, run.baseline ?? '–'),
    element('td', {}, run.dataset ?? '–'),
    element('td', { class: 'status' }),
    element('td', { class: 'result' }),
    element('td', { class: 'number samples' }),
    element('td', {}, time(run.started)));
  refreshRow(row, run);
}

function refreshRow(row, run) {
  row.querySelector('.status').replaceChildren(...statusOf(run));
  row.querySelector('.result').replaceChildren(verdict(run));
  row.querySelector('.samples').textContent = run.samples === undefined ? '–' : count(run.samples);
}

function statusOf(run) {
  if (!UNDER_WAY.includes(run.status)) return [element('span', { class: run.status }, run.status)];
  const progress = progressOf(run);
  return progress ? [`${run.status} `, progress] : [run.status];
}

/** How many outcomes there are of those to come, once both are known. */
function progressOf(run) {
  const roles = run.baseline ? 2 : 1;
  const done = Object.values(run.progress ?? {}).flatMap(Object.values).reduce((sum, outcomes) => sum + outcomes, 0);
  if (!run.samples) return done > 0 ? element('span', {}, `${count(done)} answered`) : null;
  const total = run.samples * roles;
  return element('span', {}, element('progress', { value: done, max: total, 'aria-label': 'Answered' }), ` ${count(done)} of ${count(total)}`);
}

// A run

async function runView(runId, isCurrent) {
  const path = `/api/evaluations/${encodeURIComponent(runId)}`;
  let run = await get(path);
  const status = element('span', {}, ...statusOf(run));
  if (UNDER_WAY.includes(run.status)) {
    whileShown(isCurrent, async () => {
      run = await get(path);
      status.replaceChildren(...statusOf(run));
      if (UNDER_WAY.includes(run.status)) return true;
      await show();
      return false;
    });
  }

  const hasSummary = ['Completed', 'Partial', 'Cancelled'].includes(run.status);
  const facts = [
    ['Status', status],
    ['Model', run.model], ['Baseline', run.baseline], ['Dataset', run.dataset], ['Samples', run.samples === undefined ? null : count(run.samples)],
    ['Started', time(run.started)], ['Finished', run.finished ? time(run.finished) : null], ['Source', run.source], ['Fine-tuning job', run.fineTuneJob],
    ['Run', run.runId], ['Code', run.codeVersion],
    ['Error', run.errorCode ? `${run.errorCode}: ${run.errorMessage}` : null],
  ].filter(([, value]) => value !== null && value !== undefined);
  const content = [
    element('h1', {}, run.name ?? run.runId),
    run.verdict ? element('p', { class: `verdict ${run.verdict}` }, run.verdict) : null,
    run.verdictReasons ? element('ul', { class: 'reasons' }, run.verdictReasons.split('; ').map((reason) => element('li', {}, reason))) : null,
    element('dl', {}, facts.map(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])),
  ];
  if (!hasSummary) return content.filter(Boolean);

  const { metrics } = await get(`${path}/metrics`);
  return [...content, actions(run, path, metrics), ...metricsSection(metrics), outcomesTable(run)].filter(Boolean);
}

function actions(run, path, metrics) {
  const samples = (format) => () => save(() => blob(`${path}/samples`, new URLSearchParams({ format })), `${run.runId}-samples.${format}`);
  const button = (text, onclick) => element('button', { type: 'button', onclick }, text);
  return element('div', { class: 'row' },
    element('a', { href: `#/runs/${encodeURIComponent(run.runId)}/samples` }, 'Samples'),
    element('a', { href: `#/compare?right=${encodeURIComponent(run.runId)}` }, 'Compare with another run'),
    button('Open the report', () => openReport(path)),
    button('Summary (JSON)', () => save(() => blob(`${path}/summary`), `${run.runId}-summary.json`)),
    button('Metrics (CSV)', () => save(() => csv(metrics), `${run.runId}-metrics.csv`)),
    button('Samples (CSV)', samples('csv')),
    button('Samples (JSON lines)', samples('jsonl')),
    button('Samples (Parquet)', samples('parquet')));
}

function metricsSection(metrics) {
  const slices = [...new Set(metrics.map((metric) => metric.slice))].sort((a, b) => (a === 'all' ? -1 : b === 'all' ? 1 : a.localeCompare(b)));
  const place = element('div');
  const fill = (slice) => {
    const ofBaseline = new Map(metrics.filter((metric) => metric.role === 'baseline' && metric.slice === slice).map((metric) => [metric.name, metric]));
    const rows = metrics.filter((metric) => metric.role === 'candidate' && metric.slice === slice);
    const columns = [
      { title: 'Metric', isHeader: true, of: (row) => row.name },
      { title: 'Candidate', className: 'number', of: (row) => number(row.value) + interval(row.lower, row.upper) },
    ];
    if (ofBaseline.size > 0) {
      columns.push(
        { title: 'Baseline', className: 'number', of: (row) => { const other = ofBaseline.get(row.name); return other ? number(other.value) + interval(other.lower, other.upper) : '–'; } },
        { title: 'Difference', className: 'number', of: (row) => number(row.difference) + interval(row.differenceLower, row.differenceUpper) },
        { title: 'Reading', of: (row) => reading(row.difference, row.differenceLower, row.differenceUpper, row.higherIsBetter) },
        { title: 'Adjusted p', className: 'number', of: (row) => number(row.adjustedPValue ?? row.pValue) });
    }
    columns.push({ title: 'Samples', className: 'number', of: (row) => count(row.samples) });
    place.replaceChildren(table('Each metric with its interval', columns, rows));
  };
  fill('all');
  const choice = slices.length < 2 ? null : element('label', {}, 'Slice', element('select', { onchange: (event) => fill(event.target.value) }, slices.map((slice) => element('option', { value: slice }, slice))));
  return [element('h2', {}, 'Metrics'), choice, place];
}

/** A difference in words: it is better or worse when its interval leaves zero out. */
function reading(difference, lower, upper, higherIsBetter = true) {
  if (lower === null || lower === undefined || upper === null || upper === undefined) return '–';
  if (lower <= 0 && upper >= 0) return 'no clear difference';
  const isBetter = difference > 0 === higherIsBetter;
  return element('span', { class: isBetter ? 'better' : 'worse' }, isBetter ? 'better' : 'worse');
}

function outcomesTable(run) {
  const roles = run.baseline ? ['candidate', 'baseline'] : ['candidate'];
  const column = (role, outcome) => run[role + outcome.split('_').map((word) => word[0].toUpperCase() + word.slice(1)).join('')];
  const rows = [
    ...OUTCOMES.map((outcome) => ({ name: outcome, of: (role) => count(column(role, outcome)), link: outcome })),
    { name: 'requests', of: (role) => count(run[`${role}Requests`]) },
    { name: 'latency p50 / p95 / p99', of: (role) => ['P50', 'P95', 'P99'].map((part) => number(run[`${role}LatencyMs${part}`])).join(' / ') + ' ms' },
    { name: 'tokens in / out', of: (role) => `${count(run[`${role}InputTokens`])} / ${count(run[`${role}OutputTokens`])}` },
    { name: 'cost', of: (role) => number(run[`${role}Cost`]) },
  ];
  return element('section', {}, element('h2', {}, 'Outcomes and use'), table('Samples by outcome; requests, latency, tokens and cost of each model', [
    { title: 'What', isHeader: true, of: (row) => (row.link ? element('a', { href: `#/runs/${encodeURIComponent(run.runId)}/samples?outcome=${row.link}` }, row.name) : row.name) },
    ...roles.map((role) => ({ title: role, className: 'number', of: (row) => row.of(role) })),
  ], rows));
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

async function save(read, name) {
  try {
    const address = URL.createObjectURL(await read());
    element('a', { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch (error) {
    tell(error);
  }
}

function tell(error) {
  if (!(error instanceof ApiError)) throw error;
  notice.textContent = error.message;
}

function csv(rows) {
  const columns = ['role', 'name', 'slice', 'value', 'lower', 'upper', 'interval', 'samples', 'difference', 'differenceLower', 'differenceUpper', 'pValue', 'adjustedPValue', 'test', 'signature'];
  const field = (value) => {
    const text = value === null || value === undefined ? '' : String(value);
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text; // A spreadsheet would take it for a formula.
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))].map((line) => line.map(field).join(','));
  return new Blob([`${lines.join('\r\n')}\r\n`], { type: 'text/csv' });
}

// Samples

async function samplesView(runId, values) {
  const path = `/api/evaluations/${encodeURIComponent(runId)}`;
  const query = new URLSearchParams(values);
  query.set('size', PAGE);
  const [run, page] = await Promise.all([get(path), get(`${path}/samples`, query)]);
  const answer = (of) => (of ? [
    element('span', {}, of.outcome), of.prediction === undefined ? null : element('strong', {}, ` ${of.prediction}`), of.reason ? element('span', { class: 'soft' }, ` ${of.reason}`) : null,
    of.text === undefined || of.text === of.prediction ? null : element('div', {}, passage(of.text)),
  ].filter(Boolean) : ['–']);
  const cell = (nodes) => element('div', {}, nodes);
  const columns = [
    { title: 'Id', isHeader: true, of: (row) => (row.repeat ? `${row.id} #${row.repeat}` : row.id) },
    { title: 'Line', className: 'number', of: (row) => count(row.line) },
    { title: 'Input', className: 'text', of: (row) => passage(row.input ?? '') },
    { title: 'References', className: 'text', of: (row) => passage(row.references.join('\n')) },
    { title: 'Candidate', className: 'text', of: (row) => cell(answer(row.candidate)) },
  ];
  if (run.baseline) columns.push({ title: 'Baseline', className: 'text', of: (row) => cell(answer(row.baseline)) });
  const next = new URLSearchParams(values);
  next.set('offset', page.next);
  const filter = new URLSearchParams([...values].filter(([name]) => name !== 'offset'));
  const download = (format) => element('button', { type: 'button', onclick: () => save(() => blob(`${path}/samples`, new URLSearchParams([...filter, ['format', format]])), `${runId}-samples.${format}`) }, format);
  return [
    element('h1', {}, `Samples of ${run.name ?? runId}`),
    element('p', {}, element('a', { href: `#/runs/${encodeURIComponent(runId)}` }, 'The run')),
    filterForm([
      { name: 'outcome', label: 'Outcome', options: ['', ...OUTCOMES] },
      { name: 'label', label: 'Reference' },
      { name: 'prediction', label: 'Candidate’s prediction' },
      { name: 'flip', label: 'Flip', options: ['', 'gained', 'lost'] },
    ], values, (chosen) => go(`runs/${encodeURIComponent(runId)}/samples`, chosen)),
    table(`${count(page.samples.length)} samples in dataset order${values.get('flip') ? `; ${values.get('flip')}: only the ${values.get('flip') === 'gained' ? 'candidate' : 'baseline'} is right` : ''}`, columns, page.samples),
    page.samples.length === 0 ? element('p', {}, page.next ? 'None on this page; there are more samples to look at.' : 'No sample matches.') : null,
    element('div', { class: 'row' },
      page.next ? element('a', { href: `#/runs/${encodeURIComponent(runId)}/samples?${next}` }, 'Next page') : null,
      element('span', { class: 'soft' }, 'Download all that match:'), download('csv'), download('jsonl'), download('parquet')),
  ].filter(Boolean);
}

// Compare

async function compareView(values) {
  const [left, right] = [values.get('left'), values.get('right')];
  const form = filterForm([
    { name: 'left', label: 'Run to compare with', placeholder: 'ev-…' },
    { name: 'right', label: 'Run that is compared', placeholder: 'ev-…' },
  ], values, (query) => go('compare', query));
  if (!left || !right)
    return [element('h1', {}, 'Compare'), element('p', {}, 'Give the ids of two completed runs, or choose two in ', element('a', { href: '#/' }, 'the list'), '.'), form];

  const result = await get('/api/evaluations/compare', new URLSearchParams({ left, right }));
  const damage = (row) => (row.difference ?? 0) * (row.higherIsBetter === false ? 1 : -1);
  const rows = result.metrics.filter((row) => row.slice === 'all' || Math.abs(row.difference ?? 0) > 0).sort((a, b) => (a.slice === 'all' ? 0 : 1) - (b.slice === 'all' ? 0 : 1) || damage(b) - damage(a));
  const worse = rows.filter((row) => row.differenceLower !== undefined && row.difference !== null && (row.differenceLower > 0 || row.differenceUpper < 0) && damage(row) > 0);
  const side = (title, run) => element('div', {}, element('h3', {}, title), element('p', {}, element('a', { href: `#/runs/${encodeURIComponent(run.runId)}` }, run.runId), ` ${run.model}, ${count(run.samples)} samples of ${run.dataset}`));
  return [
    element('h1', {}, 'Compare'),
    form,
    side('Left', result.left), side('Right', result.right),
    element('p', {}, result.paired
      ? worse.length > 0 ? element('strong', { class: 'worse' }, `Worse on the right: ${worse.map((row) => (row.slice === 'all' ? row.name : `${row.name} (${row.slice})`)).join(', ')}`) : 'Paired sample by sample; no metric is clearly worse on the right.'
      : `Not paired: ${result.reason} The differences have no interval.`),
    table('Right minus left; what got worse comes first', [
      { title: 'Metric', isHeader: true, of: (row) => row.name },
      { title: 'Slice', of: (row) => row.slice },
      { title: 'Left', className: 'number', of: (row) => number(row.left) },
      { title: 'Right', className: 'number', of: (row) => number(row.right) },
      { title: 'Difference', className: 'number', of: (row) => number(row.difference) + interval(row.differenceLower, row.differenceUpper) },
      { title: 'Reading', of: (row) => reading(row.difference, row.differenceLower, row.differenceUpper, row.higherIsBetter) },
      { title: 'Adjusted p', className: 'number', of: (row) => number(row.adjustedPValue ?? row.pValue) },
    ], rows),
  ];
}

// Trends

async function trendsView(values) {
  const query = new URLSearchParams([...values].filter(([name]) => name !== 'metric'));
  query.set('size', 100);
  const { runs } = await get('/api/metrics', query);
  const names = [...new Set(runs.flatMap((run) => run.metrics.map((metric) => metric.name)))].sort();
  const charts = new Map();
  for (const run of runs.toReversed()) {
    for (const metric of run.metrics) {
      if (metric.value === null || metric.value === undefined || (values.get('metric') && metric.name !== values.get('metric'))) continue;
      const title = `${metric.name} on ${run.dataset}`;
      if (!charts.has(title)) charts.set(title, []);
      charts.get(title).push({ ...metric, model: run.model, started: run.started, runId: run.runId });
    }
  }

  return [
    element('h1', {}, 'Trends'),
    filterForm([
      { name: 'dataset', label: 'Dataset', placeholder: 'suite/test.jsonl' },
      { name: 'suite', label: 'Suite' },
      { name: 'model', label: 'Model' },
      { name: 'metric', label: 'Metric', options: ['', ...names] },
    ], values, (chosen) => go('trends', chosen)),
    element('p', { class: 'soft' }, `Candidates of the latest ${count(runs.length)} completed runs, over whole datasets, each with its interval. A point leads to its run.`),
    charts.size === 0 ? element('p', {}, 'No completed run matches.') : element('div', { class: 'charts' }, [...charts].map(([title, points]) => trend(title, points))),
  ];
}

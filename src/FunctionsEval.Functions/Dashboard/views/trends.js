// The course of numbers from run to run: one suite and dataset at a time, the headline first, every other number on demand.

import { ApiError, get, pathOf } from '../api.js';
import { trend } from '../charts/trend.js';
import { element } from '../dom.js';
import { go } from '../page.js';
import { groupOf } from '../parts/metrics.js';
import { counted } from '../words.js';

const RUNS = 100;
const MOST_FOUND = 60;

export async function trendsView({ values }) {
  const { runs: recent } = await get('/api/evaluations', new URLSearchParams({ size: RUNS }));
  const suites = [...new Set(recent.map((run) => run.suite).filter(Boolean))];
  const suite = values.get('suite') ?? recent.find((run) => run.status === 'Completed' && run.suite)?.suite ?? suites[0];
  const title = element('h1', {}, suite ? `Trends of ${suite}` : 'Trends');
  if (!suite) return [title, element('p', {}, 'There is no run yet. ', element('a', { href: '#/' }, 'How to start one'))];

  const completed = (await get('/api/evaluations', new URLSearchParams({ suite, status: 'Completed', size: RUNS }))).runs;
  const datasets = [...new Set(completed.map((run) => run.dataset))];
  const dataset = datasets.includes(values.get('dataset')) ? values.get('dataset') : datasets[0];
  const choices = element('div', { class: 'row no-print' },
    choice('Suite', suites.includes(suite) ? suites : [suite, ...suites], suite, (chosen) => go('trends', new URLSearchParams({ suite: chosen }))),
    datasets.length > 1 ? choice('Dataset', datasets, dataset, (chosen) => go('trends', new URLSearchParams({ suite, dataset: chosen }))) : null);
  if (!dataset) return [title, choices, element('p', {}, `No run of ${suite} has completed yet.`)];

  const latest = completed.find((run) => run.dataset === dataset);
  const member = latest.candidateRuns?.[0] ?? latest.runId;
  const headline = (await overviewOf(member))?.headline?.filter((number) => number.slice === 'all') ?? [];
  const bounds = new Map(headline.filter((number) => number.bound).map((number) => [number.name, number.bound]));
  const names = [...new Set([...headline.map((number) => number.name), ...values.getAll('metric')])];
  const charts = element('div', { class: 'cards broad' });
  const shown = new Set();
  const show = async (added) => {
    const wanted = added.filter((name) => !shown.has(name));
    wanted.forEach((name) => shown.add(name));
    if (wanted.length > 0) charts.append(...chartsOf(await historyOf(dataset, wanted), wanted, bounds));
  };
  await show(names);
  return [
    title, choices,
    element('p', { class: 'soft small' }, `${counted(completed.filter((run) => run.dataset === dataset).length, 'completed run')} of ${dataset}, each value with its interval. A point leads to its run.`),
    charts.childElementCount === 0 ? element('p', {}, 'Its runs have no number to show.') : null,
    charts,
    element('div', { class: 'sections' }, others(member, shown, show)),
  ].filter(Boolean);
}

function choice(label, options, chosen, onChoice) {
  return element('label', { class: 'row' }, label, element('select', { onchange: (event) => onChoice(event.target.value) }, options.map((option) => element('option', { value: option, selected: option === chosen }, option))));
}

async function overviewOf(runId) {
  try {
    return await get(`${pathOf(runId)}/overview`);
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

async function historyOf(dataset, names) {
  return (await get('/api/metrics', new URLSearchParams([['dataset', dataset], ['size', RUNS], ...names.map((name) => ['metric', name])]))).runs.toReversed();
}

function chartsOf(runs, names, bounds) {
  return names.map((name) => {
    const points = runs.flatMap((run) => run.metrics.filter((metric) => metric.name === name && Number.isFinite(metric.value)).map((metric) => ({ ...metric, model: run.model, started: run.started, runId: run.runId, datasetVersion: run.datasetVersion, deployment: run.deployment, baselineModel: run.baseline })));
    return points.length === 0 ? null : trend({ title: points.at(-1).label ?? name, unit: points.at(-1).unit, points, bound: bounds.get(name) });
  }).filter(Boolean);
}

/** Every other number of the latest run, to be added by a click. */
function others(runId, shown, show) {
  const place = element('div', { class: 'stack' });
  const details = element('details', { class: 'section' }, element('summary', {}, 'Other numbers'), place);
  details.addEventListener('toggle', async () => {
    if (!details.open || place.childElementCount > 0) return;
    const { metrics } = await get(`${pathOf(runId)}/metrics`);
    const names = metrics.filter((metric) => metric.role === 'candidate' && metric.slice === 'all').map((metric) => ({ name: metric.name, label: metric.label ?? metric.name, group: groupOf(metric) })).sort((a, b) => (a.group === 'class') - (b.group === 'class'));
    const list = element('ul', { class: 'chips' });
    const search = element('input', { type: 'search', placeholder: 'Metric or class', 'aria-label': 'Search in other numbers', autocomplete: 'off', oninput: () => fill() });
    const fill = () => {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const found = names.filter((one) => words.every((word) => `${one.name} ${one.label}`.toLowerCase().includes(word)));
      list.replaceChildren(...found.slice(0, MOST_FOUND).map((one) => element('li', {}, element('button', { type: 'button', class: 'chip code', 'aria-pressed': String(shown.has(one.name)), onclick: async (event) => { event.target.setAttribute('aria-pressed', 'true'); await show([one.name]); } }, one.name))), found.length > MOST_FOUND ? element('li', { class: 'soft small' }, `and ${counted(found.length - MOST_FOUND, 'more', 'more')}: search`) : '');
    };
    fill();
    place.append(search, list);
  });
  return details;
}

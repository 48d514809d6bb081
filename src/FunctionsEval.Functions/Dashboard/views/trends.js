// The course of each metric from run to run.

import { get } from '../api.js';
import { count, element, filterForm } from '../dom.js';
import { go } from '../page.js';
import { trend } from '../charts/trend.js';

export async function trendsView({ values }) {
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

// Whether probabilities can be trusted: calibration, and how well they rank.

import { get, pathOf } from '../api.js';
import { count, element, table } from '../dom.js';
import { contextOf, runHead } from '../parts/run-head.js';
import { curve } from '../charts/curve.js';

export async function curvesView({ runId }) {
  const [context, summary] = await Promise.all([contextOf(runId), get(`${pathOf(runId)}/summary`)]);
  const head = runHead(context, 'Calibration', 'curves');
  const tables = (summary.calibration ?? []).filter((one) => one.bins?.some((bin) => bin.count > 0));
  if (tables.length === 0)
    return [head, element('p', {}, 'The run has no calibration. Ask for ', element('code', {}, 'labelProbabilities'), ' in its spec and put the metric ', element('code', {}, 'calibration'), ' into it.')];

  const slices = [...new Set(tables.map((one) => one.slice))];
  const place = element('div');
  const draw = (slice) => place.replaceChildren(...reliability(tables.filter((one) => one.slice === slice), context, summary, slice));
  draw(slices.includes('all') ? 'all' : slices[0]);
  return [
    head,
    element('p', {}, 'Of the answers that a model gives with 80 % confidence, 80 % should be right: then its points lie on the diagonal. Below it the model is too sure of itself.'),
    slices.length < 2 ? null : element('label', { class: 'row no-print' }, 'Slice', element('select', { onchange: (event) => draw(event.target.value) }, slices.map((slice) => element('option', { value: slice }, slice === 'all' ? 'all samples' : slice)))),
    place,
  ].filter(Boolean);
}

function reliability(tables, { candidate, baseline }, summary, slice) {
  const nameOf = (role) => (role === 'candidate' ? candidate : baseline);
  const percent = (value) => `${(100 * value).toFixed(1)} %`;
  const series = tables.map(({ role, bins }) => {
    const total = bins.reduce((sum, bin) => sum + bin.count, 0);
    const error = summary.metrics.find((metric) => metric.name === 'ece' && metric.role === role && metric.slice === slice);
    return {
      name: nameOf(role),
      note: error?.value === undefined ? null : `(expected calibration error ${percent(error.value)})`,
      isMarked: true,
      points: bins.filter((bin) => bin.count > 0).map((bin) => ({ x: bin.averageConfidence, y: bin.accuracy, size: bin.count / total, text: `${nameOf(role)}: confidence ${percent(bin.averageConfidence)}, ${percent(bin.accuracy)} right, ${count(bin.count)} samples` })),
    };
  });
  const rows = tables.flatMap(({ role, bins }) => bins.filter((bin) => bin.count > 0).map((bin) => ({ role, ...bin })));
  return [
    element('div', { class: 'cards' }, curve({ title: 'Reliability', across: 'confidence', up: 'right', series, diagonal: 'as sure as right' })),
    element('details', { class: 'section' }, element('summary', {}, 'The numbers'), table('Bins of confidence', [
      { title: 'Model', isHeader: true, of: (row) => nameOf(row.role) },
      { title: 'Confidence', className: 'number', of: (row) => percent(row.averageConfidence) },
      { title: 'Right', className: 'number', of: (row) => percent(row.accuracy) },
      { title: 'Samples', className: 'number', of: (row) => count(row.count) },
    ], rows)),
  ];
}

// Whether probabilities can be trusted: calibration, and how well they rank.

import { ApiError, get, pathOf } from '../api.js';
import { count, element, percentText, table } from '../dom.js';
import { candidatesOf, contextOf, runHead } from '../parts/run-head.js';
import { curve } from '../charts/curve.js';

export async function curvesView({ runId }) {
  const context = await contextOf(runId);
  if (context.run.candidates) return candidatesOf(context, 'Calibration', 'curves');
  const summary = await get(`${pathOf(runId)}/summary`);
  const head = runHead(context, 'Calibration', 'curves');
  const ranking = element('section');
  fillRanking(ranking, runId, context, summary.confusionMatrices?.[0]?.labels ?? []);
  const tables = (summary.calibration ?? []).filter((one) => one.bins?.some((bin) => bin.count > 0));
  if (tables.length === 0)
    return [head, element('p', {}, 'The run has no calibration. Ask for ', element('code', {}, 'labelProbabilities'), ' in its spec and put the metric ', element('code', {}, 'calibration'), ' into it.'), ranking];

  const slices = [...new Set(tables.map((one) => one.slice))];
  const place = element('div');
  const draw = (slice) => place.replaceChildren(...reliability(tables.filter((one) => one.slice === slice), context, summary, slice));
  draw(slices.includes('all') ? 'all' : slices[0]);
  return [
    head,
    element('p', {}, 'Of the answers that a model gives with 80 % confidence, 80 % should be right: then its points lie on the diagonal. Below it the model is too sure of itself.'),
    slices.length < 2 ? null : element('label', { class: 'row no-print' }, 'Slice', element('select', { onchange: (event) => draw(event.target.value) }, slices.map((slice) => element('option', { value: slice }, slice === 'all' ? 'all samples' : slice)))),
    place,
    ranking,
  ].filter(Boolean);
}

/** ROC and precision-recall of a label, which the app draws from the samples in one pass. */
async function fillRanking(section, runId, context, labels, label) {
  let drawn;
  try {
    drawn = await get(`${pathOf(runId)}/curves`, new URLSearchParams(label ? { label } : {}));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return; // A task without labels has no such curves.
  }

  if (drawn.curves.length === 0) {
    section.replaceChildren(label ? element('p', {}, `No sample has a probability of '${label}', or all have the label, or none has.`) : '');
    return;
  }
  const nameOf = (role) => (role === 'candidate' ? context.candidate : context.baseline);
  const series = (of, note) => drawn.curves.map((curved) => ({ name: nameOf(curved.role), note: note(curved), points: of(curved) }));
  const three = (value) => value.toFixed(3);
  section.replaceChildren(...[
    element('h2', {}, 'How well probabilities rank'),
    element('div', { class: 'row' }, labels.length > 1 ? element('label', { class: 'row no-print' }, 'Label', element('select', { onchange: (event) => fillRanking(section, runId, context, labels, event.target.value) }, labels.map((one) => element('option', { selected: one === drawn.label }, one)))) : element('p', {}, `Label ${drawn.label}`), drawn.isCut ? element('p', { class: 'soft' }, 'Of the first 200,000 samples.') : null),
    element('div', { class: 'cards' },
      curve({ title: 'ROC', across: 'others taken for the label', up: 'found', diagonal: 'chance', series: series(({ points }) => [{ x: 0, y: 0 }, ...points.map((point) => ({ x: point.falsePositiveRate, y: point.truePositiveRate }))], ({ rocAuc }) => `(area ${three(rocAuc)})`) }),
      curve({ title: 'Precision and recall', across: 'recall', up: 'precision', series: series(({ points }) => points.map((point) => ({ x: point.truePositiveRate, y: point.precision })), ({ averagePrecision }) => `(average precision ${three(averagePrecision)})`) })),
    element('details', { class: 'section' }, element('summary', {}, 'The numbers of the curves'), table(`Label ${drawn.label}`, [
      { title: 'Model', isHeader: true, of: (row) => nameOf(row.role) },
      { title: 'With the label', className: 'number', of: (row) => count(row.positives) },
      { title: 'Without', className: 'number', of: (row) => count(row.negatives) },
      { title: 'Area under ROC', className: 'number', of: (row) => three(row.rocAuc) },
      { title: 'Average precision', className: 'number', of: (row) => three(row.averagePrecision) },
    ], drawn.curves))].filter(Boolean));
}

function reliability(tables, { candidate, baseline }, summary, slice) {
  const nameOf = (role) => (role === 'candidate' ? candidate : baseline);
  const series = tables.map(({ role, bins }) => {
    const total = bins.reduce((sum, bin) => sum + bin.count, 0);
    const error = summary.metrics.find((metric) => metric.name === 'ece' && metric.role === role && metric.slice === slice);
    return {
      name: nameOf(role),
      note: error?.value === undefined ? null : `(expected calibration error ${percentText(error.value)})`,
      isMarked: true,
      points: bins.filter((bin) => bin.count > 0).map((bin) => ({ x: bin.averageConfidence, y: bin.accuracy, size: bin.count / total, text: `${nameOf(role)}: confidence ${percentText(bin.averageConfidence)}, ${percentText(bin.accuracy)} right, ${count(bin.count)} samples` })),
    };
  });
  const rows = tables.flatMap(({ role, bins }) => bins.filter((bin) => bin.count > 0).map((bin) => ({ role, ...bin })));
  return [
    element('div', { class: 'cards' }, curve({ title: 'Reliability', across: 'confidence', up: 'right', series, diagonal: 'as sure as right' })),
    element('details', { class: 'section' }, element('summary', {}, 'The numbers'), table('Bins of confidence', [
      { title: 'Model', isHeader: true, of: (row) => nameOf(row.role) },
      { title: 'Confidence', className: 'number', of: (row) => percentText(row.averageConfidence) },
      { title: 'Right', className: 'number', of: (row) => percentText(row.accuracy) },
      { title: 'Samples', className: 'number', of: (row) => count(row.count) },
    ], rows)),
  ];
}

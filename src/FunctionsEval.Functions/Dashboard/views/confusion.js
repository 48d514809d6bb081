// What a classifier takes for what: the most confused pairs first, then the matrix of any size.

import { get, pathOf } from '../api.js';
import { count, element, percentText, table, viewOf } from '../dom.js';
import { addressOf, remember } from '../page.js';
import { candidatesOf, contextOf, runHead } from '../parts/run-head.js';
import { byConfusion, byName, labelsWithErrors, matrix, pairsOf } from '../charts/matrix.js';
import { counted } from '../words.js';

const PAIRS = 10;
const MANY_LABELS = 24;
const ZOOMS = [1, 1.35, 1.8, 2.4];

export async function confusionView({ runId, values }) {
  const context = await contextOf(runId);
  if (context.run.candidates) return candidatesOf(context, 'Confusion', 'confusion');
  const summary = await get(`${pathOf(runId)}/summary`);
  const tables = (summary.confusionMatrices ?? []).filter((one) => one.counts);
  const head = runHead(context, 'Confusion', 'confusion');
  if (tables.length === 0) return [head, element('p', {}, 'The run has no confusion matrix. Put the metric ', element('code', {}, 'confusion_matrix'), ' into its spec.')];

  const view = `${viewOf(runId)}/confusion`;
  const choice = {
    show: values.get('show') ?? 'candidate', slice: values.get('slice') ?? 'all', order: values.get('order') ?? 'confusion', unit: values.get('unit') ?? 'samples',
    labels: values.get('labels') ?? (tables[0].labels.length > MANY_LABELS ? 'errors' : 'all'), zoom: Number(values.get('zoom') ?? 0),
  };
  const place = element('div');
  const draw = () => place.replaceChildren(...content(tables, choice, context, set));
  const set = (name, value) => {
    choice[name] = value;
    values.set(name, value);
    remember(view, values);
    draw();
    place.querySelector(`[data-choice="${name}"] [aria-pressed="true"], select[data-choice="${name}"]`)?.focus();
  };
  draw();
  return [head, place];
}

function content(tables, choice, context, set) {
  const { candidate, baseline, run } = context;
  const find = (role) => tables.find((one) => one.role === role && one.slice === choice.slice && JSON.stringify(one.labels) === JSON.stringify(tables[0].labels));
  const [ofCandidate, ofBaseline] = [find('candidate'), find('baseline')];
  const shown = choice.show === 'baseline' ? ofBaseline : choice.show === 'difference' && ofCandidate && ofBaseline ? { ...ofCandidate, counts: ofCandidate.counts.map((row, r) => row.map((value, c) => value - ofBaseline.counts[r][c])) } : ofCandidate;
  if (!shown) return [element('p', {}, 'There is no matrix of this model and slice.')];
  const linkOf = (reference, prediction) => {
    const query = new URLSearchParams({ label: reference });
    if (prediction === null) query.set('outcome', 'unparsable');
    else query.set(choice.show === 'baseline' ? 'baselinePrediction' : 'prediction', prediction);
    if (choice.slice !== 'all' && choice.slice.includes('=')) query.append('tag', choice.slice);
    return addressOf(`${viewOf(run.runId)}/samples`, query);
  };
  return [
    pairsSection(choice.show === 'baseline' ? ofBaseline : ofCandidate, choice.show === 'baseline' ? ofCandidate : ofBaseline, choice.show === 'baseline' ? [baseline, candidate] : [candidate, baseline], linkOf),
    element('section', {}, element('h2', {}, 'Matrix'),
      controls(tables, choice, { candidate, baseline: ofBaseline ? baseline : null }, set),
      drawn(shown, choice, linkOf, { candidate, baseline })),
  ];
}

/** The pairs that are confused most, each a link to its samples. */
function pairsSection(shown, other, [model, otherModel], linkOf) {
  const pairs = pairsOf(shown);
  const wrong = pairs.reduce((sum, pair) => sum + pair.samples, 0);
  const place = element('div', { class: 'pairs-table' });
  const draw = (number) => {
    const more = pairs.length > number ? element('button', { type: 'button', class: 'quiet', onclick: () => draw(pairs.length) }, `Show all ${count(pairs.length)} pairs`) : null;
    place.replaceChildren(...[table(`${counted(wrong, 'wrong answer')} of ${model}, in ${counted(pairs.length, 'pair')}`, [
      { title: 'Reference → answer', isHeader: true, of: (pair) => element('a', { href: linkOf(pair.reference, pair.prediction) }, pair.reference, ' → ', pair.prediction ?? 'no label') },
      { title: 'Samples', className: 'number', of: (pair) => count(pair.samples) },
      { title: 'Of the reference', className: 'number', of: (pair) => percentText(pair.share, pair.share < 0.01 ? 1 : 0) },
      ...(other && otherModel ? [{ title: otherModel, className: 'number', of: (pair) => count(other.counts[pair.row][pair.column]) }] : []),
    ], pairs.slice(0, number)), more].filter(Boolean));
  };
  draw(PAIRS);
  return element('section', {}, element('h2', {}, 'Most confused'), pairs.length === 0 ? element('p', {}, 'No answer is wrong.') : place);
}

function controls(tables, choice, { candidate, baseline }, set) {
  const chips = (name, title, options) => element('div', { class: 'row', 'data-choice': name, role: 'group', 'aria-label': title }, element('span', { class: 'soft small' }, title),
    options.map(([value, text]) => element('button', { type: 'button', class: 'chip', 'aria-pressed': String(String(choice[name]) === value), onclick: () => set(name, value) }, text)));
  const slices = [...new Set(tables.map((one) => one.slice))];
  return element('div', { class: 'matrix-controls no-print' },
    baseline ? chips('show', 'Show', [['candidate', candidate], ['baseline', baseline], ['difference', 'difference']]) : null,
    chips('order', 'Order', [['confusion', 'by confusion'], ['name', 'by name'], ['spec', 'as in the spec']]),
    chips('unit', 'Count', [['samples', 'samples'], ['row', '% of the reference'], ['column', '% of the answer']]),
    chips('labels', 'Labels', [['errors', 'with errors'], ['all', `all ${tables[0].labels.length}`]]),
    element('div', { class: 'row', role: 'group', 'aria-label': 'Zoom' }, element('span', { class: 'soft small' }, 'Zoom'),
      element('button', { type: 'button', 'aria-label': 'Smaller', disabled: choice.zoom <= 0, onclick: () => set('zoom', choice.zoom - 1) }, '−'),
      element('button', { type: 'button', 'aria-label': 'Larger', disabled: choice.zoom >= ZOOMS.length - 1, onclick: () => set('zoom', choice.zoom + 1) }, '+')),
    slices.length < 2 ? null : element('label', { class: 'row' }, 'Slice', element('select', { 'data-choice': 'slice', onchange: (event) => set('slice', event.target.value) }, slices.map((slice) => element('option', { value: slice, selected: slice === choice.slice }, slice === 'all' ? 'all samples' : slice)))));
}

function drawn(shown, choice, linkOf, { candidate, baseline }) {
  const ordered = choice.order === 'name' ? byName(shown.labels) : choice.order === 'spec' ? shown.labels.map((_, index) => index) : byConfusion({ labels: shown.labels, counts: shown.counts.map((row) => row.map(Math.abs)) });
  const some = new Set(choice.labels === 'errors' ? labelsWithErrors({ labels: shown.labels, counts: shown.counts.map((row) => row.map(Math.abs)) }) : ordered);
  const isDifference = choice.show === 'difference';
  const box = matrix({
    labels: shown.labels, counts: shown.counts, order: ordered.filter((label) => some.has(label)), unit: isDifference ? 'samples' : choice.unit, isDifference, linkOf,
    caption: isDifference ? `Samples of ${candidate} less those of ${baseline}: reference down, answer across` : 'Reference down, answer across',
  });
  box.style.setProperty('--zoom', String(ZOOMS[choice.zoom] ?? 1));
  return box;
}

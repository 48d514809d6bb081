// What got worse, sorted by the samples it cost: against the previous run or the baseline; then what is confused, and what is weakest.

import { count, element } from '../dom.js';
import { counted } from '../words.js';
import { samplesAddress } from './links.js';

const SHOWN = 5;

/** What got worse, with a choice of what it is compared with. */
export function worseSection(overview, { comparePicker }) {
  const { previous, models } = overview;
  const views = [
    previous ? { name: 'previous run', isPrevious: true, rows: previous.worse ?? [], total: previous.worseTotal, note: previousNote(overview) } : null,
    models?.baseline ? { name: models.baseline, rows: overview.worse ?? [], total: overview.worseTotal, note: flipsNote(overview) } : null,
  ].filter(Boolean);
  if (views.length === 0) return null;
  const place = element('div');
  const chips = views.map((view) => element('button', { type: 'button', class: 'chip', onclick: () => choose(view) }, `against ${view.name}`));
  const choose = (view) => {
    views.forEach((one, index) => chips[index].setAttribute('aria-pressed', String(one === view)));
    place.replaceChildren(...[view.note, worseList(overview, view)].filter(Boolean));
  };
  choose(views.find((view) => view.rows.length > 0) ?? views[0]);
  return element('section', { class: 'card' },
    element('div', { class: 'row wide' }, element('h2', {}, 'What got worse'), element('div', { class: 'chips' }, chips)),
    place,
    comparePicker);
}

function previousNote({ runId, previous }) {
  if (previous.notPaired) return element('p', { class: 'soft small' }, previous.notPaired);
  const against = (flip) => samplesAddress(runId, { against: previous.runId, flip });
  return element('p', { class: 'soft small' },
    previous.paired === undefined ? null : `${counted(previous.paired, 'sample')} in both runs: `,
    previous.gained === undefined ? null : [element('a', { href: against('gained') }, `${count(previous.gained)} gained`), ' (only now right), ', element('a', { href: against('lost') }, `${count(previous.lost)} lost`), ' (only before right)'],
    previous.noClearChange ? `; ${counted(previous.noClearChange, 'class', 'classes')} without a clear change.` : '.');
}

function flipsNote({ runId, flips, models, wrong }) {
  if (!flips) return null;
  if (wrong === undefined) return element('p', { class: 'soft small' }, `${count(flips.gained)} gained, ${count(flips.lost)} lost by `, element('span', { class: 'code' }, flips.metric), '.'); // No sample is right or wrong by itself.
  return element('p', { class: 'soft small' },
    element('a', { href: samplesAddress(runId, { flip: 'gained' }) }, `${count(flips.gained)} gained`), ` (only ${models.candidate} is right), `,
    element('a', { href: samplesAddress(runId, { flip: 'lost' }) }, `${count(flips.lost)} lost`), ` (only ${models.baseline} is right).`);
}

function worseList(overview, { rows, total, isPrevious }) {
  if (rows.length === 0) return element('p', {}, element('span', { class: 'pass', 'aria-hidden': 'true' }, '✓ '), 'No class or slice is clearly worse.');
  const items = rows.map((row) => worseRow(overview, row, isPrevious));
  const list = element('ol', { class: 'losses' }, items.slice(0, SHOWN));
  if (items.length <= SHOWN) return list;
  const more = element('button', { type: 'button', class: 'quiet', onclick: () => { list.append(...items.slice(SHOWN)); more.remove(); } }, `Show ${items.length < (total ?? 0) ? `${count(items.length)} of ${count(total)}` : `all ${count(items.length)}`}`);
  return element('div', {}, list, more);
}

/** The samples that made it worse: of what is right or wrong a sample at a time those that were lost, else all that it is about. */
function lostAddress({ runId, previous, flips, wrong }, row, isPrevious) {
  const isKnown = row.metric !== 'precision' && wrong !== undefined && (isPrevious ? previous.lost : flips?.lost) !== undefined;
  return samplesAddress(runId, row.filter, isKnown ? { flip: 'lost', against: isPrevious ? previous.runId : undefined } : {});
}

const worseRow = (overview, row, isPrevious) => element('li', {},
  element('span', { class: row.isClear ? 'worse' : 'soft', title: row.isClear ? 'clearly worse' : 'may be chance' }, element('span', { 'aria-hidden': 'true' }, row.isClear ? '▼' : '▽'), element('span', { class: 'unseen' }, row.isClear ? 'clearly worse: ' : 'may be chance: ')),
  element('span', { class: 'subject' },
    row.filter ? element('a', { href: lostAddress(overview, row, isPrevious) }, row.label ?? row.name) : row.label ?? row.name,
    row.samples === undefined ? null : [' ', element('a', { class: 'soft small nowrap', href: samplesAddress(overview.runId, row.filter) }, counted(row.samples, 'sample'))]),
  element('span', { class: 'nowrap' }, `${row.from.text} → `, element('b', {}, row.to.text)));

/** The most confused pairs and the weakest parts, beside each other. */
export function confusedSection(overview) {
  if (!overview.confused?.length) return null;
  const { runId, confused, confusedTotal } = overview;
  return element('section', { class: 'card' },
    element('div', { class: 'row wide' }, element('h2', {}, 'Most confused'), element('a', { class: 'small', href: `#/runs/${encodeURIComponent(runId)}/confusion` }, 'Confusion matrix')),
    overview.wrong === undefined ? null : element('p', { class: 'soft small' }, element('a', { href: samplesAddress(runId, { correct: 'false' }) }, `${count(overview.wrong)} wrong`), confusedTotal === undefined ? null : ` in ${counted(confusedTotal, 'pair')} of labels`),
    listOf(confused, (pair) => element('li', {},
      element('b', { class: 'number' }, count(pair.samples)),
      element('a', { class: 'subject', href: samplesAddress(runId, pair.filter) }, pair.reference, element('span', { class: 'soft', 'aria-label': ' read as ' }, ' → '), pair.prediction))));
}

export function weakestSection(overview) {
  if (!overview.weakest?.length) return null;
  return element('section', { class: 'card' },
    element('h2', {}, 'Weakest'),
    listOf(overview.weakest, (part) => element('li', {},
      element('b', { class: 'number' }, part.text),
      element('span', { class: 'subject' }, part.filter ? element('a', { href: samplesAddress(overview.runId, part.filter) }, part.label ?? part.subject) : part.label ?? part.subject),
      element('span', { class: 'soft small nowrap number' }, part.samples === undefined ? '' : counted(part.samples, 'sample')))));
}

function listOf(rows, item) {
  const items = rows.map(item);
  const list = element('ol', { class: 'pairs' }, items.slice(0, SHOWN));
  if (items.length <= SHOWN) return list;
  const more = element('button', { type: 'button', class: 'quiet', onclick: () => { list.append(...items.slice(SHOWN)); more.remove(); } }, `Show ${items.length - SHOWN} more`);
  return element('div', {}, list, more);
}

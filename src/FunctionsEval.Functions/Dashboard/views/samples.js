// The samples of a run: those one looks for, worst first where asked, and the way into each.

import { ApiError, blob, get, pathOf } from '../api.js';
import { count, element, viewOf } from '../dom.js';
import { addressOf, go, remember, save } from '../page.js';
import { beginning, shortAnswer } from '../parts/answers.js';
import { candidatesOf, contextOf, runHead } from '../parts/run-head.js';
import { filterFields, filterOf, quickFilters, setFilters, sortField } from '../parts/sample-filters.js';
import { counted } from '../words.js';

const PAGE = 50;
const TYPING_MILLISECONDS = 250;
const FORMATS = ['csv', 'jsonl', 'parquet'];

let lastSeen = null; // The sample that was opened last: coming back, it has the focus.

/** Lets the reader keep a run's samples, those that match. */
export const saveSamples = (runId, format, filter = []) =>
  save(() => blob(`${pathOf(runId)}/samples`, new URLSearchParams([...filter, ['format', format]])), `${runId}-samples.${format}`);

export async function samplesView({ runId, values, isCurrent }) {
  const context = await contextOf(runId);
  if (context.run.candidates) return candidatesOf(context, 'Samples', 'samples');
  const view = `${viewOf(runId)}/samples`;
  const path = `${pathOf(runId)}/samples`;
  const against = values.get('against');
  const facets = await get(`${path}/facets`);
  const place = element('div', { class: 'sample-place' });
  const chips = element('div', { class: 'stack-small' });
  const status = element('p', { class: 'soft', role: 'status' });

  let asked = 0;
  async function load() {
    const current = ++asked;
    chips.replaceChildren(...[quickFilters(view, values, facets, context, against), setFilters(values, context, drop)].filter(Boolean));
    const query = filterOf(values);
    query.set('size', PAGE);
    if (values.get('offset')) query.set('offset', values.get('offset'));
    let page;
    try {
      page = await get(path, query);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (current === asked) place.replaceChildren(element('p', { class: 'fail' }, error.message));
      return;
    }
    if (current !== asked || !isCurrent()) return;
    status.textContent = positions(page, values, facets);
    place.replaceChildren(...[notes(page), list(page, { view, values, context, against }), pager(page, view, values)].filter(Boolean));
  }

  function change(edit) {
    edit(values);
    values.delete('offset');
    remember(view, values);
    load();
  }
  const drop = (name, value) => {
    change(() => values.delete(name, value));
    if (name === 'text') search.value = '';
    fields.replaceChildren(...fieldsOf());
  };
  const choose = (name, value, prefix) => change(() => {
    for (const old of values.getAll(name).filter((one) => one.startsWith(prefix))) values.delete(name, old);
    if (value !== '') values.append(name, value);
  });
  const order = (query) => change(() => {
    for (const name of ['sort', 'metric', 'order']) values.delete(name);
    for (const [name, value] of Object.entries(query)) values.set(name, value);
  });
  let typing;
  const search = element('input', {
    type: 'search', value: values.get('text') ?? '', autocomplete: 'off', placeholder: 'Search in inputs, references and answers', 'aria-label': 'Search in inputs, references and answers',
    oninput: () => {
      clearTimeout(typing);
      typing = setTimeout(() => change(() => (search.value.trim() === '' ? values.delete('text') : values.set('text', search.value.trim()))), TYPING_MILLISECONDS);
    },
  });
  const fieldsOf = () => [...filterFields(values, facets, context, choose), against ? null : sortField(values, facets, context, order)].filter(Boolean);
  const fields = element('div', { class: 'fields' }, fieldsOf());

  await load();
  keys(isCurrent, search, place);
  setTimeout(() => place.querySelector(`a[data-key="${CSS.escape(lastSeen ?? '')}"]`)?.focus());
  return [
    runHead(context, 'Samples', 'samples'),
    against ? element('p', {}, 'Only samples that one of two runs got right: ', element('b', {}, 'now'), ` is this run, `, element('b', {}, 'before'), ' is ', element('a', { href: `#/${viewOf(against)}` }, against), '. ', element('a', { href: addressOf(view, new URLSearchParams()) }, 'All samples of this run')) : null,
    chips,
    element('div', { class: 'sample-filter no-print', role: 'search' }, search, element('details', { open: matchMedia('(min-width: 40.01rem)').matches }, element('summary', { class: 'small' }, 'Filters and order'), fields)),
    element('div', { class: 'row wide' }, status, element('p', { class: 'soft small no-print keys-hint' }, element('kbd', {}, 'j'), ' ', element('kbd', {}, 'k'), ' move, ', element('kbd', {}, 'Enter'), ' opens, ', element('kbd', {}, '/'), ' searches')),
    place,
    against ? null : downloads(runId, values),
  ].filter(Boolean);
}

/** Where the page stands: "51–100 of 237 wrong, of 3,080". */
function positions({ first, total, of, samples }, values, facets) {
  const kind = { false: 'wrong', true: 'right' }[values.get('correct')] ?? values.get('flip') ?? ([...filterOf(values)].length > 0 ? 'that match' : 'samples');
  if (total === undefined) return samples.length === 0 ? 'No sample on this page.' : `${count(samples.length)} ${kind} on this page`;
  const all = of ?? facets.of;
  if (total === 0) return `None of ${counted(all, 'sample')} matches.`;
  if (samples.length === 0) return `${count(total)} ${kind}, of ${count(all)}; none on this page.`;
  return `${count(first)}–${count(first + samples.length - 1)} of ${count(total)} ${kind}${total === all ? '' : `, of ${count(all)}`}`;
}

const notes = ({ notes: told }) => (told?.length ? element('ul', { class: 'notes' }, told.map((note) => element('li', {}, element('span', { 'aria-hidden': 'true' }, '⚠ '), note))) : null);

/** The samples, a row each; a row is a card on a phone. */
function list(page, { view, values, context, against }) {
  if (page.samples.length === 0) return element('p', {}, page.next ? 'None on this page; there are more samples to look at.' : 'No sample matches. Drop a filter above.');
  const { candidate, baseline, outcome } = context;
  const other = against ? 'before' : baseline;
  const query = filterOf(values);
  const row = (sample) => {
    const of = against ? sample.against : sample.baseline;
    const isRight = sample.correct ?? {};
    const wasRight = against ? sample.flip === 'lost' : isRight.baseline;
    const now = against ? sample.flip === 'gained' : isRight.candidate;
    const name = `${sample.id}${sample.repeat ? ` #${sample.repeat}` : ''}`;
    const key = sample.key;
    return element('li', { class: 'sample-row' },
      element('span', { class: 'sample-id' }, element('a', { class: 'open', href: addressOf(`${view}/${encodeURIComponent(key)}`, query), 'data-key': key, onclick: () => { lastSeen = key; } }, name), element('span', { class: 'soft small' }, ` line ${count(sample.line)}${sample.turn ? `, turn ${sample.turn} of ${sample.turns}` : ''}`)),
      cell('Input', element('span', { class: 'clamp' }, beginning(sample.input ?? ''))),
      cell('Reference', element('span', { class: 'clamp' }, beginning(sample.references.join(' | ')))),
      cell(against ? `${candidate}, now` : candidate, shortAnswer(sample.candidate, now, outcome), scoreOf(sample.scores?.candidate)),
      other ? cell(against ? `${candidate}, before` : other, shortAnswer(of, wasRight, outcome), scoreOf(sample.scores?.baseline)) : null);
  };
  const titles = ['Sample', 'Input', 'Reference', against ? `${candidate}, now` : candidate, other ? (against ? 'Before' : other) : null].filter(Boolean);
  return element('div', { class: `samples${other ? ' two' : ''}` },
    element('div', { class: 'sample-titles soft small', 'aria-hidden': 'true' }, titles.map((title) => element('span', {}, title))),
    element('ol', { start: page.first, 'aria-label': 'Samples' }, page.samples.map(row)));
}

const cell = (label, content, score = null) => element('span', { class: 'sample-cell' }, element('span', { class: 'sample-label soft small' }, label), content, score);

const scoreOf = (score) => (score === undefined || score === null ? null : element('span', { class: 'soft small' }, `score ${Number(score.toPrecision(3))}`));

function pager(page, view, values) {
  const to = (offset, text, rel) => {
    if (offset === undefined || offset === null) return null;
    const query = new URLSearchParams(values);
    if (offset === 0) query.delete('offset');
    else query.set('offset', offset);
    return element('a', { class: 'button', rel, href: addressOf(view, query) }, text);
  };
  const links = [to(page.previous, '← Previous page', 'prev'), to(page.next, 'Next page →', 'next')].filter(Boolean);
  return links.length === 0 ? null : element('div', { class: 'row pager no-print' }, links);
}

function downloads(runId, values) {
  return element('div', { class: 'row no-print downloads' }, element('span', { class: 'soft small' }, 'Download what matches'),
    FORMATS.map((format) => element('button', { type: 'button', onclick: () => saveSamples(runId, format, filterOf(values)) }, format)),
    element('a', { class: 'button', href: addressOf(`${viewOf(runId)}/review`, filterOf(values)) }, 'Review them blind'));
}

/** j and k go from sample to sample, / goes to the search. */
function keys(isCurrent, search, place) {
  const follow = (event) => {
    if (!isCurrent()) return document.removeEventListener('keydown', follow);
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea, dialog')) return undefined;
    const links = [...place.querySelectorAll('a.open')];
    const at = links.indexOf(document.activeElement);
    if (event.key === 'j') links[Math.min(at + 1, links.length - 1)]?.focus();
    else if (event.key === 'k') links[Math.max(at - 1, 0)]?.focus();
    else if (event.key === '/') search.focus();
    else return undefined;
    return event.preventDefault();
  };
  document.addEventListener('keydown', follow);
}

/** The address of the list in which a sample stands. */
export function listAddress(runId, values, position) {
  const query = filterOf(values);
  const offset = position ? Math.floor((position - 1) / PAGE) * PAGE : 0;
  if (offset > 0) query.set('offset', offset);
  return addressOf(`${viewOf(runId)}/samples`, query);
}

/** Remembers which sample is shown, so that the list comes back to it. */
export const rememberSample = (key) => { lastSeen = key; };

/** Goes to a sample. */
export const goToSample = (runId, key, values) => go(`${viewOf(runId)}/samples/${encodeURIComponent(key)}`, filterOf(values));

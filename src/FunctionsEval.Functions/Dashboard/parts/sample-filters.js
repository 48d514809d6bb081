// What a list of samples can be narrowed down to, and in which order it can stand.

import { count, element } from '../dom.js';
import { addressOf } from '../page.js';
import { counted } from '../words.js';

/** Names of the address that are filters, not places. */
const FILTERS = ['correct', 'baselineCorrect', 'flip', 'against', 'outcome', 'role', 'label', 'prediction', 'baselinePrediction', 'tag', 'finishReason', 'text'];
const KEPT = [...FILTERS, 'sort', 'order', 'metric'];

/** The filter of an address, with its order, without its place. */
export const filterOf = (values) => new URLSearchParams([...values].filter(([name]) => KEPT.includes(name)));

/** Filters by which one begins: chips that are links. */
export function quickFilters(view, values, facets, { candidate, baseline, outcome }, against) {
  const chips = [{ name: 'All', total: facets?.of, filter: {} }];
  if (facets?.correct) chips.push({ name: '✗ Wrong', total: facets.correct.wrong, filter: { correct: 'false' } }, { name: '✓ Right', total: facets.correct.right, filter: { correct: 'true' } });
  if (against) {
    chips.push({ name: '▼ Lost', filter: { against, flip: 'lost' }, title: 'right before, wrong now' }, { name: '▲ Gained', filter: { against, flip: 'gained' }, title: 'wrong before, right now' });
  } else if (baseline && facets?.flips) {
    chips.push({ name: '▼ Lost', total: facets.flips.lost, filter: { flip: 'lost' }, title: `only ${baseline} is right` }, { name: '▲ Gained', total: facets.flips.gained, filter: { flip: 'gained' }, title: `only ${candidate} is right` });
  }
  for (const facet of facets?.outcomes ?? []) {
    if (facet.outcome !== 'scored' && facet.candidate + facet.baseline > 0) chips.push({ name: capital(outcome(facet.outcome)), total: facet.candidate, filter: { outcome: facet.outcome, role: 'candidate' }, title: `of ${candidate}` });
  }
  const quick = ['correct', 'flip', 'outcome', 'role', ...(against ? [] : ['against'])];
  return element('ul', { class: 'chips' }, chips.map(({ name, total, filter, title }) => {
    const query = new URLSearchParams([...filterOf(values)].filter(([key]) => !quick.includes(key)));
    for (const [key, value] of Object.entries(filter)) query.set(key, value);
    const isCurrent = quick.every((key) => (values.get(key) ?? '') === (filter[key] ?? ''));
    return element('li', {}, element('a', { class: 'chip', href: addressOf(view, query), title, 'aria-current': isCurrent ? 'true' : null }, name, title && !name.includes('(') ? element('span', { class: 'unseen' }, ` (${title})`) : null, total === undefined ? null : [' ', element('b', {}, count(total))]));
  }));
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** Filters that are set beside the quick ones, each with a way to drop it. */
export function setFilters(values, { candidate, baseline }, drop) {
  const names = { label: 'wants', prediction: `${candidate} says`, baselinePrediction: `${baseline} says`, tag: 'tag', finishReason: 'ended by', text: 'has the text', baselineCorrect: `${baseline} is` };
  const chips = [...values].filter(([name]) => names[name]).map(([name, value]) => {
    const shown = name === 'baselineCorrect' ? (value === 'true' ? 'right' : 'wrong') : name === 'tag' ? value.replace('=', ' ') : `“${value}”`;
    return element('li', {}, element('button', { type: 'button', class: 'chip', 'aria-pressed': 'true', onclick: () => drop(name, value) }, `${names[name]} ${shown} `, element('span', { 'aria-hidden': 'true' }, '✕'), element('span', { class: 'unseen' }, 'Drop this filter')));
  });
  return chips.length === 0 ? null : element('ul', { class: 'chips', 'aria-label': 'Filters that are set' }, chips);
}

/** Fields to choose values from. */
export function filterFields(values, facets, { candidate, baseline }, change) {
  const selects = [
    select('Reference', 'label', facets.labels, values, change),
    select(`${candidate} says`, 'prediction', facets.predictions, values, change),
    baseline && facets.baselinePredictions ? select(`${baseline} says`, 'baselinePrediction', facets.baselinePredictions, values, change) : null,
    ...Object.entries(facets.tags).map(([tag, list]) => select(tag, 'tag', list, values, change, `${tag}=`)),
    facets.finishReasons.length < 2 ? null : select('Ended by', 'finishReason', { values: facets.finishReasons.map((reason) => ({ value: reason.reason, samples: reason.candidate })), more: 0 }, values, change),
  ];
  return selects.filter(Boolean);
}

/** A choice of values, most frequent first; what is not among them can be typed into the search. */
function select(label, name, { values: options, more }, values, change, prefix = '') {
  if (options.length === 0) return null;
  const current = values.getAll(name).find((value) => value.startsWith(prefix)) ?? '';
  const known = options.some((option) => prefix + option.value === current);
  return element('label', {}, label, element('select', { onchange: (event) => change(name, event.target.value, prefix) },
    element('option', { value: '' }, 'all'),
    current !== '' && !known ? element('option', { value: current, selected: true }, current.slice(prefix.length)) : null,
    options.map((option) => element('option', { value: prefix + option.value, selected: prefix + option.value === current }, `${shortened(option.value)} (${count(option.samples)})`)),
    more > 0 ? element('option', { disabled: true }, `and more, with ${counted(more, 'sample')}`) : null));
}

const shortened = (text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

/** The orders a list can have: those of metrics worst first. */
export function sortField(values, facets, { candidate, baseline }, change) {
  const orders = [{ text: 'As in the dataset', query: {} }];
  for (const metric of facets.metrics) {
    const worst = metric.higherIsBetter ? 'asc' : 'desc';
    orders.push({ text: `Worst ${metric.name} of ${candidate} first`, query: { sort: 'score', metric: metric.name, order: worst } });
    if (baseline) orders.push({ text: `${metric.name}: most worse than ${baseline}`, query: { sort: 'difference', metric: metric.name, order: worst } }, { text: `${metric.name}: most better than ${baseline}`, query: { sort: 'difference', metric: metric.name, order: worst === 'asc' ? 'desc' : 'asc' } });
  }
  orders.push({ text: 'Longest first', query: { sort: 'length', order: 'desc' } }, { text: 'Shortest first', query: { sort: 'length', order: 'asc' } });
  const isCurrent = ({ query }) => ['sort', 'metric', 'order'].every((name) => (values.get(name) ?? '') === (query[name] ?? ''));
  return element('label', {}, 'Order', element('select', { onchange: (event) => change(orders[event.target.selectedIndex].query) }, orders.map((order) => element('option', { selected: isCurrent(order) }, order.text))));
}

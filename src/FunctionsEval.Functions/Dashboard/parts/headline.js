// The numbers that decide: each with its interval, the other model, the run before and what the gate asks for, on one axis.

import { intervalPlot } from '../charts/interval.js';
import { element } from '../dom.js';
import { readingOf, iconOf } from '../words.js';

/** A section of one row a headline number; null without any. */
export function headlineSection(overview) {
  if (!overview.headline?.length) return null;
  const { candidate, baseline } = overview.models;
  return element('section', { class: 'card headlines', 'aria-label': 'Headline numbers' },
    overview.headline.map((number) => row(number, candidate, baseline)),
    element('ul', { class: 'legend', 'aria-hidden': 'true' },
      key(0, '●', candidate),
      overview.headline.some((number) => number.baseline) ? key(1, '■', baseline) : null,
      overview.headline.some((number) => number.previous) ? key(0, '◇', 'previous run') : null,
      overview.headline.some((number) => number.bound || number.margin) ? element('li', {}, element('span', { class: 'strong' }, '┊'), ' what the gate asks for') : null));
}

const key = (series, mark, text) => element('li', { class: `series-${series}` }, element('span', { class: 'key' }, mark), ` ${text}`);

function row(number, candidate, baseline) {
  const lines = [
    number.bound ? { value: number.bound.limit ?? number.bound.value, text: number.bound.text } : null,
    number.margin ? { value: number.margin.limit, text: number.margin.text } : null,
  ].filter(Boolean);
  const rows = [
    { ...number.candidate, name: candidate, series: 0, shape: 'circle' },
    number.baseline ? { ...number.baseline, name: baseline, series: 1, shape: 'square' } : null,
    number.previous ? { value: number.previous.value, text: number.previous.text, name: 'previous run', series: 0, shape: 'diamond' } : null,
  ].filter(Boolean).map((one) => ({ ...one, text: one.intervalText ? `${one.text} (${one.intervalText})` : one.text }));
  return element('article', { class: 'headline' },
    element('div', { class: 'figure' },
      element('h2', { class: 'figure-name' }, number.label),
      element('div', { class: 'figure-value' }, number.candidate?.text ?? '–'),
      element('div', { class: 'figure-note' }, number.candidate?.intervalText ?? (number.noInterval ? `no interval: ${number.noInterval.replaceAll('_', ' ')}` : '')),
      number.sameAs?.length ? element('div', { class: 'figure-note' }, 'same as ', element('span', { class: 'code' }, number.sameAs.join(', '))) : null),
    number.axis ? element('div', { class: 'headline-plot' }, intervalPlot({ label: number.label, axis: number.axis, rows, lines })) : element('div'),
    element('ul', { class: 'headline-notes' },
      asked(number.bound), asked(number.margin),
      number.baseline ? change(`${baseline} ${number.baseline.text}`, number.difference) : null,
      number.previous ? change(`previous ${number.previous.text}`, number.previous.difference) : null));
}

function asked(rule) {
  if (!rule?.text) return null;
  return element('li', {}, element('span', { class: `strong ${rule.result ?? ''}` }, element('span', { 'aria-hidden': 'true' }, rule.result ? iconOf(rule.result) : '┊'), ` ${rule.text}`), rule.result ? element('span', { class: 'unseen' }, ` ${rule.result}`) : null);
}

function change(against, difference) {
  return element('li', {},
    element('span', { class: 'soft' }, against),
    difference ? [
      ' ', element('span', { class: 'strong nowrap' }, difference.text), ' ', difference.reading ? readingOf(difference.reading) : null,
      ' ', element('span', { class: 'soft small nowrap' }, [difference.intervalText, difference.pText].filter(Boolean).join(', ')),
    ] : null);
}

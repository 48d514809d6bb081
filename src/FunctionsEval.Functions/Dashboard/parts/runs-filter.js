// The filters of the list: a field in which one types, and chips for what is chosen, what may be meant, states and verdicts.

import { element } from '../dom.js';
import { iconOf, wordOf } from '../words.js';

/** What a filter can be by a value that the runs have, and how it is called. */
const NAMED = ['suite', 'dataset', 'model'];
const TOGGLES = [['verdict', ['pass', 'fail', 'inconclusive']], ['status', ['Running', 'Failed', 'Partial', 'Cancelled']]];
const MOST_SUGGESTED = 6;

/** The text that is searched in a run. */
export const textOf = (run) => [run.name, run.suite, run.dataset, run.model, run.baseline, run.runId, wordOf(run.status), run.verdict, ...run.candidates ?? []].filter(Boolean).join(' ').toLowerCase();

/**
 * The filter's elements. It asks known() for the runs that are loaded and calls onText at each letter, onFilter when what the app is asked for
 * has changed. The filters are in `values`, the text as `q`.
 */
export function runsFilter(values, { known, onText, onFilter, onLeave }) {
  const suggestions = element('ul', { class: 'chips', 'aria-label': 'Filters that fit' });
  const chosen = element('ul', { class: 'chips', 'aria-label': 'Filters' });
  const input = element('input', {
    type: 'search', id: 'runs-search', placeholder: 'Filter by suite, dataset, model, status, verdict   ( / )', 'aria-label': 'Filter runs', 'aria-keyshortcuts': '/', autocomplete: 'off', value: values.get('q') ?? '',
    oninput: () => {
      set('q', input.value.trim());
      suggest();
      onText();
    },
    onkeydown: (event) => {
      if (event.key === 'Enter' || event.key === 'ArrowDown') { event.preventDefault(); onLeave(); }
      else if (event.key === 'Backspace' && input.value === '') remove(NAMED.findLast((name) => values.has(name)));
    },
  });

  const set = (name, value) => (value === '' || value === null ? values.delete(name) : values.set(name, value));

  function choose(name, value) {
    set(name, value);
    if (NAMED.includes(name)) { input.value = ''; values.delete('q'); }
    draw();
    onFilter();
  }

  function remove(name) {
    if (name) choose(name, null);
  }

  function suggest() {
    const text = input.value.trim().toLowerCase();
    const found = text === '' ? [] : NAMED.flatMap((name) => [...new Set(known().flatMap((run) => valuesOf(run, name)))].filter((value) => value.toLowerCase().includes(text) && values.get(name) !== value).map((value) => [name, value]));
    suggestions.replaceChildren(...found.slice(0, MOST_SUGGESTED).map(([name, value]) => element('li', {}, element('button', { type: 'button', class: 'chip', onclick: () => { choose(name, value); input.focus(); } }, element('span', { class: 'soft' }, name), ` ${value}`))));
  }

  function draw() {
    chosen.replaceChildren(...NAMED.filter((name) => values.has(name)).map((name) => element('li', {}, element('button', { type: 'button', class: 'chip', 'aria-pressed': 'true', 'aria-label': `Remove the filter ${name} ${values.get(name)}`, onclick: () => remove(name) }, `${name} ${values.get(name)}`, element('span', { 'aria-hidden': 'true' }, '×')))));
    toggles.replaceChildren(...TOGGLES.flatMap(([name, all]) => all.map((value) => {
      const isOn = values.get(name) === value;
      return element('li', {}, element('button', { type: 'button', class: 'chip', 'aria-pressed': String(isOn), onclick: () => choose(name, isOn ? null : value) }, element('span', { 'aria-hidden': 'true', class: value }, iconOf(value)), wordOf(value)));
    })));
    suggest();
  }

  const toggles = element('ul', { class: 'chips', 'aria-label': 'Verdicts and states' });
  draw();
  return { input, element: element('div', { class: 'runs-filter no-print', role: 'search' }, input, toggles, chosen, suggestions) };
}

function valuesOf(run, name) {
  if (name === 'model') return [run.model, run.baseline, ...run.candidates ?? []].filter(Boolean);
  return run[name] ? [run[name]] : [];
}

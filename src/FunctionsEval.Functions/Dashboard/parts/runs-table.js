// The runs as a table, a group of rows a suite. Rows are kept and changed only where their run has: thousands of them stay quick.

import { sparkline } from '../charts/sparkline.js';
import { placeOn, percent } from '../charts/axis.js';
import { count, element, svg, time, viewOf } from '../dom.js';
import { addressOf } from '../page.js';
import { counted, readingOf, sourceWord, stateOf } from '../words.js';
import { progressBar, progressOf, whyWaiting } from './progress.js';

const MOST_IN_A_COURSE = 20;
const COLUMNS = ['Compare', 'Verdict', 'Run', 'Headline', 'Against baseline', 'Samples', 'Took', 'Cost', 'Started'];

/** The table: draw(runs) shows these, in this order; `selection` keeps what is chosen. */
export function runsTable(selection, rateOf) {
  const rows = new Map();
  const groups = new Map();
  const table = element('table', { class: 'runs cards-on-phone' },
    element('caption', { class: 'unseen' }, 'Runs by suite, latest first'),
    element('thead', {}, element('tr', {}, COLUMNS.map((title, index) => element('th', { scope: 'col', class: ['Samples', 'Took', 'Cost'].includes(title) ? 'number' : null }, index === 0 ? element('span', { class: 'unseen' }, title) : title)))));

  function draw(runs) {
    const bySuite = Map.groupBy(runs, (run) => run.suite || run.name || run.dataset);
    let place = table.querySelector('thead');
    for (const [suite, ofSuite] of bySuite) {
      const group = groups.get(suite) ?? newGroup(suite);
      drawGroup(group, suite, ofSuite);
      if (place.nextElementSibling !== group.body) place.after(group.body); // What is in its place keeps its focus.
      place = group.body;
    }

    while (place.nextElementSibling) place.nextElementSibling.remove();
  }

  function newGroup(suite) {
    const head = element('tr', { class: 'suite' });
    const group = { head, body: element('tbody', { 'data-suite': suite }, head), state: null };
    groups.set(suite, group);
    return group;
  }

  function drawGroup(group, suite, runs) {
    const course = courseOf(runs);
    const state = JSON.stringify([runs.length, course]);
    if (group.state !== state) {
      group.state = state;
      group.head.replaceChildren(element('th', { scope: 'rowgroup', colspan: COLUMNS.length }, element('div', { class: 'row wide' },
        runs[0].suite ? element('a', { href: addressOf('', new URLSearchParams({ suite })) }, suite) : suite,
        element('span', { class: 'soft small' }, course.values.length > 1 ? [`${course.label} `, element('a', { href: addressOf('trends', new URLSearchParams({ suite })), 'aria-label': `Trend of ${course.label} of ${suite}: ${course.text}`, title: course.text }, sparkline(course.values)), ' · '] : null, counted(runs.length, 'run')))));
    }

    let place = group.head;
    const scale = scaleOf(runs);
    for (const run of runs) {
      const row = rowOf(run, scale);
      if (place.nextElementSibling !== row) place.after(row);
      place = row;
    }

    while (place.nextElementSibling) place.nextElementSibling.remove();
  }

  function rowOf(run, scale) {
    const known = rows.get(run.runId) ?? { row: element('tr', { 'data-run': run.runId }), run: null, state: null, text: null };
    rows.set(run.runId, known);
    const rate = rateOf(run);
    if (known.run !== run) Object.assign(known, { run, text: JSON.stringify(run) });
    const isChosen = (run.candidates ? run.candidateRuns ?? [] : [run.runId]).some((id) => selection.has(id));
    const state = `${rate} ${isChosen} ${run.headline ? `${scale?.minimum} ${scale?.maximum}` : ''} ${known.text}`;
    if (known.state !== state) {
      const hadFocus = known.row.contains(document.activeElement) ? document.activeElement.tagName : null;
      known.state = state;
      known.row.replaceChildren(...cellsOf(run, rate, scale, selection));
      if (hadFocus) known.row.querySelector(hadFocus)?.focus({ preventScroll: true });
    }

    return known.row;
  }

  return { element: element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Runs' }, table), draw };
}

/** The headline values of a suite's runs, oldest first: of the number that its latest run has. */
function courseOf(runs) {
  const latest = runs.find((run) => Number.isFinite(run.headline?.value));
  if (!latest) return { values: [] };
  const same = runs.filter((run) => run.headline?.name === latest.headline.name && run.dataset === latest.dataset && Number.isFinite(run.headline.value)).slice(0, MOST_IN_A_COURSE).reverse();
  return { label: latest.headline.label ?? latest.headline.name, values: same.map((run) => run.headline.value), text: same.map((run) => run.headline.text).join(', ') };
}

/** One scale for the headline of a suite's runs. */
function scaleOf(runs) {
  const numbers = runs.flatMap((run) => (run.headline ? [run.headline.value, run.headline.lower, run.headline.upper] : [])).filter(Number.isFinite);
  return numbers.length === 0 ? null : { minimum: Math.min(...numbers), maximum: Math.max(...numbers) };
}

function cellsOf(run, rate, scale, selection) {
  const cell = (label, className, ...content) => element('td', { class: className, 'data-label': label }, ...content);
  const result = resultOf(run, rate, scale);
  return [
    cell('Compare', 'choice', boxOf(run, selection)),
    cell('Verdict', 'result', stateOf(run), warningsOf(run)),
    element('th', { scope: 'row', 'data-label': 'Run' }, element('div', {},
      element('a', { class: 'open', href: `#/${viewOf(run.runId)}` }, modelsOf(run)),
      element('div', { class: 'soft small' }, [run.name !== run.suite ? run.name : null, fileOf(run)].filter(Boolean).join(' · ')))),
    ...(result.isWide ? [element('td', { colspan: 2, class: 'spans', 'data-label': '' }, result.content)] : [cell('Headline', 'value', result.content), cell('Against baseline', 'difference', differenceOf(run))]),
    cell('Samples', 'number', run.samples === undefined ? '' : count(run.samples)),
    cell('Took', 'number', textOf(run, 'duration') ?? ''),
    cell('Cost', 'number', textOf(run, 'cost') ?? ''),
    cell('Started', 'started', element('div', {}, time(run.started), element('div', { class: 'soft small' }, sourceWord(run.source)))),
  ];
}

/** The dataset without the folder, which the suite's own row has. */
const fileOf = ({ dataset = '', suite }) => (suite && dataset.startsWith(`${suite}/`) ? dataset.slice(suite.length + 1) : dataset);

/** A text that the server made. */
const textOf = (run, name) => run[`${name}Text`] ?? run[name]?.text;

function modelsOf(run) {
  const models = run.candidates ? counted(run.candidates.length, 'candidate') : run.model ?? run.name ?? run.runId;
  return [models, run.baseline ? element('span', { class: 'soft' }, ` against ${run.baseline}`) : null];
}

function boxOf(run, selection) {
  const ids = run.candidates ? run.candidateRuns ?? [] : [run.runId];
  return element('input', {
    type: 'checkbox', checked: ids.length > 0 && ids.every((id) => selection.has(id)), disabled: ids.length === 0,
    'aria-label': `Select ${run.candidates ? 'the candidates of ' : ''}${run.name ?? run.runId}, ${run.model ?? 'no model'}, for a comparison`,
    onchange: (event) => selection.change(ids, event.target.checked),
  });
}

/** What stands for the result: the headline, how far the run is, or why it has none. */
function resultOf(run, rate, scale) {
  if (run.status === 'Running') return { isWide: true, content: progressOf(run).total || run.progress || run.members ? progressBar(run, rate) : element('span', { class: 'soft small' }, 'under way') };
  if (run.status === 'Pending' || run.status === 'AwaitingDeployment') return { isWide: true, content: element('span', { class: 'soft small' }, whyWaiting(run)) };
  if (run.errorMessage && run.status !== 'Cancelled') return { isWide: true, content: element('span', { class: 'small reason', title: run.errorMessage }, run.errorMessage) };
  const { headline } = run;
  if (!headline) return { isWide: true, content: element('span', { class: 'soft small' }, run.candidates && run.recommended?.length ? `recommended: ${run.recommended.join(', ')}` : '') };
  return { content: element('div', {}, element('span', { class: 'soft small' }, `${headline.label ?? headline.name} `), element('b', {}, headline.text), element('div', { class: 'interval small soft' }, bar(headline, scale), element('span', { class: 'nowrap' }, headline.intervalText ?? ''))) };
}

function differenceOf({ headline, baseline }) {
  if (!headline?.differenceText || !baseline) return '';
  return element('div', {}, element('span', { class: 'nowrap' }, headline.differenceText), element('div', { class: 'small' }, headline.reading ? readingOf(headline.reading) : null));
}

/** The value in its interval, on the scale of its suite. */
function bar(headline, scale) {
  if (!Number.isFinite(headline.lower) || !Number.isFinite(headline.upper)) return null;
  const at = (value) => percent(0.05 + 0.9 * placeOn(scale, value));
  return svg('svg', { class: 'plot bar series-0', width: 72, height: 10, 'aria-hidden': 'true' },
    svg('line', { class: 'grid', x1: '0', x2: '100%', y1: 5, y2: 5 }),
    svg('line', { class: 'range', x1: at(headline.lower), x2: at(headline.upper), y1: 5, y2: 5 }),
    svg('circle', { class: 'mark', cx: at(headline.value), cy: 5, r: 3 }));
}

/** How many warnings a run has, beside its verdict; the run's own page has their words. */
function warningsOf(run) {
  const number = run.warnings?.length ?? 0;
  return number === 0 ? null : element('span', { class: 'inconclusive small nowrap', title: run.warnings.join('\n') }, element('span', { 'aria-hidden': 'true' }, ' ⚠ '), count(number), element('span', { class: 'unseen' }, number === 1 ? ' warning' : ' warnings'));
}

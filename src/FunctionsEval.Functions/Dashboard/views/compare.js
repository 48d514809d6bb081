// Two or more runs beside each other: what decides, what changed most, which samples flipped, and what they were asked to do differently.

import { ApiError, get, pathOf } from '../api.js';
import { count, element, runLink, table, time, viewOf } from '../dom.js';
import { addressOf, go } from '../page.js';
import { difference } from '../parts/diff.js';
import { shortAnswer, beginning } from '../parts/answers.js';
import { counted, outcomeWord, stateOf, wordOf } from '../words.js';

const FLIPS_SHOWN = 10;
const CHANGES_SHOWN = 15;
const RUNS_OFFERED = 50;
const MOST_RUNS = 8;

export async function compareView({ values }) {
  const ids = await withPrevious(idsOf(values));
  const runs = await Promise.all(ids.map(runOf));
  const offered = await offeredRuns(runs);
  const head = [element('h1', {}, 'Compare'), picker(ids, offered)];
  if (ids.length < 2) return [...head, element('p', {}, ids.length === 0 ? 'Choose two runs, or more.' : 'Choose the run to compare with: the suite has no earlier one that has ended.')];
  const known = runs.filter((run) => !run.problem);
  const problems = runs.filter((run) => run.problem);
  const cards = element('div', { class: 'cards' }, runs.map((run, index) => runCard(run, index, runs.length)));
  if (problems.length > 0 || known.length < 2) return [...head, cards];
  const place = element('div', {}, element('p', { class: 'soft', role: 'status' }, 'Comparing …'));
  fill(place, known); // Pairing large runs takes seconds: who is compared stands there meanwhile.
  return [...head, cards, place];
}

async function fill(place, [first, ...others]) {
  const comparisons = await Promise.all(others.map((run) => comparisonOf(first, run)));
  const isPair = others.length === 1;
  place.replaceChildren(...[
    ...(isPair ? pairContent(first, others[0], comparisons[0]) : severalContent([first, ...others], comparisons)),
    ...await Promise.all(others.map((run) => specSection(first, run, isPair))),
  ].filter(Boolean));
}

const idsOf = (values) => (values.get('runs') ? values.get('runs').split(',') : [values.get('left'), values.get('right')]).filter(Boolean).slice(0, MOST_RUNS);

/** One run alone is held against the previous run of its suite. A group is its candidates. */
async function withPrevious(ids) {
  const wide = [];
  for (const id of ids) {
    const run = await runOf(id);
    wide.push(...(run.candidateRuns?.length ? run.candidateRuns : [id]));
  }
  if (wide.length !== 1) return [...new Set(wide)].slice(0, MOST_RUNS);
  const run = await runOf(wide[0]);
  if (run.problem) return wide;
  const previous = run.previousRun ?? (await get('/api/evaluations', new URLSearchParams({ dataset: run.dataset ?? '', status: 'Completed', size: RUNS_OFFERED }))).runs.find((other) => other.runId !== run.runId && !other.candidates && other.started < run.started)?.runId;
  return previous ? [previous, wide[0]] : wide;
}

async function runOf(id) {
  try {
    return await get(pathOf(id));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { runId: id, problem: error.message };
  }
}

/** Runs to choose from: those of the same datasets first. */
async function offeredRuns(runs) {
  const dataset = runs.find((run) => run.dataset)?.dataset;
  const [same, latest] = await Promise.all([dataset ? get('/api/evaluations', new URLSearchParams({ dataset, size: RUNS_OFFERED })) : { runs: [] }, get('/api/evaluations', new URLSearchParams({ size: RUNS_OFFERED }))]);
  const all = new Map([...runs.filter((run) => !run.problem), ...same.runs, ...latest.runs].filter((run) => !run.candidates).map((run) => [run.runId, run]));
  return [...all.values()];
}

/** A choice of runs: the first is "before", the others are held against it. */
function picker(ids, offered) {
  const option = (run, id) => element('option', { value: run.runId, selected: run.runId === id }, `${run.model ?? 'no model'} · ${run.name ?? run.dataset} · ${new Date(run.started).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}${run.status === 'Completed' ? (run.verdict ? ` · ${run.verdict}` : '') : ` · ${wordOf(run.status)}`}`);
  const shown = ids.length < 2 ? ['', ids[0] ?? ''] : ids;
  const selects = shown.map((id, index) => element('label', { class: 'field' }, index === 0 ? 'Before' : shown.length === 2 ? 'Now' : `Against it, ${index}`, element('select', {}, element('option', { value: '' }, 'choose a run'), offered.map((run) => option(run, id)))));
  const chosen = () => selects.map((label) => label.querySelector('select').value).filter(Boolean);
  const show = (runs) => go('compare', new URLSearchParams({ runs: runs.join(',') }));
  const form = element('form', { class: 'filter compare-picker no-print', onsubmit: (event) => { event.preventDefault(); show(chosen()); } }, selects,
    element('button', { type: 'submit' }, 'Compare'),
    shown.length === 2 && ids.length === 2 ? element('button', { type: 'button', onclick: () => show([...ids].reverse()) }, '⇄ Swap') : null,
    ids.length >= 2 && ids.length < MOST_RUNS ? element('button', { type: 'button', onclick: () => { const extra = selects.at(-1).cloneNode(true); extra.firstChild.textContent = `Against it, ${selects.length}`; extra.querySelector('select').value = ''; selects.at(-1).after(extra); selects.push(extra); } }, '+ Another run') : null);
  return form;
}

const titleOf = (index, total) => (total === 2 ? ['Before', 'Now'][index] : index === 0 ? 'Compared with' : `${index}`);

function runCard(run, index, total) {
  if (run.problem) return element('article', { class: 'card' }, element('h2', {}, titleOf(index, total)), element('p', { class: 'fail' }, run.problem));
  const hasResult = run.status === 'Completed';
  return element('article', { class: 'card' },
    element('h2', {}, `${titleOf(index, total)}: `, runLink(run.runId, run.model ?? run.runId)),
    element('p', {}, run.name ?? run.dataset, ' · ', time(run.started)),
    element('p', { class: 'soft small' }, [run.dataset, run.samples === undefined ? null : counted(run.samples, 'sample'), run.baseline ? `baseline ${run.baseline}` : null].filter(Boolean).join(' · ')),
    element('p', {}, stateOf(run)),
    hasResult ? null : element('p', {}, 'No result to compare.', run.errorMessage ? ` ${run.errorMessage}` : null));
}

/** What the app says of two runs; why it says nothing where one of them has no result. */
async function comparisonOf(left, right) {
  const without = [left, right].filter((run) => run.status !== 'Completed');
  if (without.length > 0) return { problem: `There is nothing to compare: ${without.map((run) => `${run.model ?? run.runId} has no result`).join(', ')}. What differs in their settings is below.` };
  try {
    return await get('/api/evaluations/compare', new URLSearchParams({ left: left.runId, right: right.runId }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { problem: error.message };
  }
}

/** Each number with its words, what decides first, then what changed most. */
function rowsOf(result) {
  const damage = (row) => (row.difference ?? 0) * (row.higherIsBetter === false ? 1 : -1);
  const rank = (row) => (row.kind === 'headline' ? 0 : row.reading === 'to_look_at' ? 1 : 2);
  return result.metrics.map((row, index) => ({ ...row, words: result.numbers?.[index] ?? { label: row.name, left: `${row.left ?? 'undefined'}`, right: `${row.right ?? 'undefined'}`, difference: row.difference } }))
    .sort((a, b) => rank(a) - rank(b) || Math.abs(damage(b)) - Math.abs(damage(a)));
}

const readingClass = (row) => (row.reading === 'better' || row.reading === 'worse' ? row.reading : null);
const READING_ICONS = { better: '▲ ', worse: '▼ ', to_look_at: '◆ ', no_clear_difference: '≈ ' };

function numbersTable(caption, rows, right, left) {
  return table(caption, [
    { title: 'Number', isHeader: true, of: ({ name, slice, words }) => [numberLink(name, slice, words, right, left), element('span', { class: 'code soft small name' }, ` ${name}${slice === 'all' ? '' : ` [${slice}]`}`)] },
    { title: 'Before', className: 'number', of: ({ words }) => words.left },
    { title: 'Now', className: 'number', of: ({ words }) => words.right },
    { title: 'Difference', className: 'number', of: (row) => [direction(row), row.words.difference ?? '–', row.words.interval ? element('span', { class: 'soft small' }, ` (${row.words.interval})`) : null] },
    { title: 'p', className: 'number', of: ({ words }) => words.pValue?.replace(/^p (= )?/, '') ?? '–' },
    { title: 'Says', of: (row) => (row.words.reading ? element('span', { class: readingClass(row) }, element('span', { 'aria-hidden': 'true' }, READING_ICONS[row.reading] ?? ''), row.words.reading) : '–') },
  ], rows);
}

/** Whether a difference is a gain, by an icon with its word. */
function direction({ difference: by, higherIsBetter }) {
  if (!by) return null;
  const isGain = by > 0 === (higherIsBetter !== false);
  return element('span', { class: isGain ? 'better' : 'worse' }, element('span', { 'aria-hidden': 'true' }, isGain ? '▲ ' : '▼ '), element('span', { class: 'unseen' }, isGain ? 'gain: ' : 'loss: '));
}

/** A number of a class or a slice leads to its samples that flipped. */
function numberLink(name, slice, words, right, left) {
  const label = /\[(.+)\]$/.exec(name)?.[1];
  if (!label && !slice.includes('=')) return words.label;
  const query = new URLSearchParams({ against: left.runId });
  if (label) query.set('label', label);
  if (slice.includes('=')) query.append('tag', slice);
  return element('a', { href: addressOf(`${viewOf(right.runId)}/samples`, query) }, words.label);
}

function pairContent(left, right, result) {
  if (result.problem) return [element('p', { class: 'fail' }, result.problem)];
  const rows = rowsOf(result);
  const headline = rows.filter((row) => row.kind === 'headline');
  const changed = rows.filter((row) => row.kind !== 'headline' && Math.abs(row.difference ?? 0) > 0 && (row.slice === 'all' || !row.name.includes('['))); // A class within a slice is among all numbers.
  const shown = headline.length > 0 ? headline : rows.filter((row) => row.slice === 'all' && !row.name.includes('[')).slice(0, 6);
  const place = element('div');
  const search = element('input', { type: 'search', placeholder: 'Search in names', 'aria-label': 'Search in names of numbers', oninput: () => fill() });
  const fill = () => {
    const text = search.value.trim().toLowerCase();
    place.replaceChildren(numbersTable('All numbers', rows.filter((row) => `${row.words.label} ${row.name} ${row.slice}`.toLowerCase().includes(text)), right, left));
  };
  const all = element('details', { class: 'section' }, element('summary', {}, 'All numbers ', element('span', { class: 'soft small' }, count(rows.length))), search, place);
  all.addEventListener('toggle', () => { if (all.open) fill(); });
  const clear = changed.filter((row) => row.reading === 'to_look_at');
  return [
    element('section', {}, element('h2', {}, 'The answer'), element('p', { class: 'decision' }, decision(result, headline)),
      result.paired ? pairing(result) : element('p', { class: 'soft' }, `The samples are not paired: ${result.reason} The differences have no interval.`),
      numbersTable(headline.length > 0 ? 'The numbers that decide' : 'Averages', shown, right, left)),
    flipsSection(left, right, result),
    changed.length === 0 ? null : element('section', {}, element('h2', {}, 'What changed most'), element('p', { class: 'soft small' }, clear.length > 0 ? `${count(clear.length)} of ${counted(changed.length, 'number')} changed clearly; ${clear.length === 1 ? 'it comes' : 'they come'} first.` : 'No class or slice changed clearly: this may be chance.'), numbersTable(`The first ${Math.min(CHANGES_SHOWN, changed.length)} of ${count(changed.length)}`, changed.slice(0, CHANGES_SHOWN), right, left)),
    all,
  ];
}

/** What the numbers that decide say, in a sentence. */
function decision({ decision: decided, undecided }, headline) {
  const named = (reading) => headline.filter((row) => row.reading === reading).map((row) => `${row.words.label} ${row.words.difference}`).join(', ');
  if (decided === 'worse') return element('strong', { class: 'worse' }, element('span', { 'aria-hidden': 'true' }, '▼ '), `Worse now: ${named('worse')}`);
  if (decided === 'better') return element('strong', { class: 'better' }, element('span', { 'aria-hidden': 'true' }, '▲ '), `Better now: ${named('better')}`);
  if (decided === 'no_clear_difference') return element('strong', {}, element('span', { 'aria-hidden': 'true' }, '≈ '), `No clear change in ${headline.map((row) => row.words.label).join(', ')}`);
  return element('strong', { class: 'inconclusive' }, element('span', { 'aria-hidden': 'true' }, '? '), `Not decided${undecided ? `: ${undecided}` : '.'}`);
}

const pairing = ({ pairing: pairs }) => (pairs ? element('p', { class: 'soft' }, [`${counted(pairs.paired, 'sample')} in both runs`, pairs.changed ? `${count(pairs.changed)} changed` : null, pairs.added ? `${count(pairs.added)} only now` : null, pairs.removed ? `${count(pairs.removed)} only before` : null].filter(Boolean).join(', '), '.') : null);

/** Samples that only one of the runs got right, each a link. The list comes after the page: it takes a pass over both runs. */
function flipsSection(left, right, { flips }) {
  if (!flips) return null;
  const link = (flip, text) => element('a', { class: 'chip', href: addressOf(`${viewOf(right.runId)}/samples`, new URLSearchParams({ against: left.runId, flip })) }, text);
  const place = element('div', {}, flips.gained + flips.lost === 0 ? 'No sample changed between right and wrong.' : '…');
  if (flips.gained + flips.lost > 0) fillFlips(place, left, right);
  return element('section', {}, element('h2', {}, 'Samples that changed'),
    element('ul', { class: 'chips' }, element('li', {}, link('lost', [`▼ Lost `, element('b', {}, count(flips.lost)), ' right before, wrong now'])), element('li', {}, link('gained', ['▲ Gained ', element('b', {}, count(flips.gained)), ' wrong before, right now']))),
    place);
}

async function fillFlips(place, left, right) {
  try {
    const lost = await get(`${pathOf(right.runId)}/samples`, new URLSearchParams({ against: left.runId, flip: 'lost', size: FLIPS_SHOWN }));
    const rest = FLIPS_SHOWN - lost.samples.length;
    const gained = rest > 0 ? await get(`${pathOf(right.runId)}/samples`, new URLSearchParams({ against: left.runId, flip: 'gained', size: rest })) : { samples: [] };
    const samples = [...lost.samples, ...gained.samples];
    place.replaceChildren(table(`The first ${count(samples.length)}, lost ones before gained ones`, [
      { title: 'Sample', isHeader: true, of: (row) => element('a', { class: 'nowrap', href: addressOf(`${viewOf(right.runId)}/samples/${encodeURIComponent(row.key)}`, new URLSearchParams()) }, row.repeat ? `${row.id} #${row.repeat}` : row.id) },
      { title: 'Change', of: (row) => element('span', { class: row.flip === 'lost' ? 'worse' : 'better' }, row.flip === 'lost' ? '▼ lost' : '▲ gained') },
      { title: 'Input', className: 'text', of: (row) => element('span', { class: 'clamp' }, beginning(row.input ?? '')) },
      { title: 'Reference', className: 'text', of: (row) => element('span', { class: 'clamp' }, beginning(row.references.join(' | '))) },
      { title: 'Before', className: 'text', of: (row) => shortAnswer(row.against, row.flip === 'lost', outcomeWord) },
      { title: 'Now', className: 'text', of: (row) => shortAnswer(row.candidate, row.flip === 'gained', outcomeWord) },
    ], samples));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    place.replaceChildren(element('p', { class: 'soft' }, error.message));
  }
}

/** More than two: each against the first, the numbers that decide. */
function severalContent(runs, comparisons) {
  const [first, ...others] = runs;
  const sets = comparisons.map((result) => (result.problem ? [] : rowsOf(result)));
  const names = new Map();
  for (const rows of sets) for (const row of rows.filter((one) => one.kind === 'headline' || (one.slice === 'all' && !one.name.includes('[')))) if (!names.has(`${row.name} ${row.slice}`)) names.set(`${row.name} ${row.slice}`, row);
  const find = (index, { name, slice }) => sets[index].find((row) => row.name === name && row.slice === slice);
  const cell = (row) => (row ? [element('b', {}, row.words.right), ' ', element('span', { class: readingClass(row) ?? 'soft' }, element('span', { 'aria-hidden': 'true' }, READING_ICONS[row.reading] ?? ''), row.words.difference ?? '', row.words.reading ? element('span', { class: 'small' }, ` ${row.words.reading}`) : null)] : '–');
  const problems = comparisons.map((result, index) => (result.problem ? `${others[index].model}: ${result.problem}` : result.reason ? `${others[index].model}: not paired. ${result.reason}` : null)).filter(Boolean);
  return [
    element('section', {}, element('h2', {}, `Each against ${first.model}`), problems.map((problem) => element('p', { class: 'soft' }, problem)),
      names.size === 0 ? null : table('The numbers that decide, and averages', [
        { title: 'Number', isHeader: true, of: (row) => [row.words.label, element('span', { class: 'code soft small' }, ` ${row.name}`)] },
        { title: first.model, className: 'number', of: (row) => row.words.left },
        ...others.map((run, index) => ({ title: run.model, of: (row) => cell(find(index, row)) })),
      ], [...names.values()]),
      element('ul', { class: 'chips' }, others.map((run) => element('li', {}, element('a', { class: 'chip', href: addressOf('compare', new URLSearchParams({ runs: `${first.runId},${run.runId}` })) }, `${first.model} and ${run.model} alone`))))),
  ];
}

/** What the runs were asked to do differently. */
async function specSection(left, right, isOpen) {
  let specs;
  try {
    specs = await get('/api/evaluations/compare/specs', new URLSearchParams({ left: left.runId, right: right.runId }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return element('section', {}, element('h2', {}, 'Settings and prompts that differ'), element('p', { class: 'soft' }, error.message));
  }

  const facts = [['model that answered', 'candidateAnsweredBy'], ['deployment', 'deployment'], ['content of the dataset', 'datasetHash'], ['version of the app', 'codeVersion']]
    .filter(([, name]) => left[name] !== right[name]).map(([field, name]) => ({ field, left: left[name], right: right[name] }));
  const rows = [...specs.differences, ...facts];
  const title = isOpen ? 'Settings and prompts that differ' : `Settings and prompts of ${right.model} that differ`;
  const content = specs.missing.length > 0 ? element('p', { class: 'soft' }, `The spec of ${specs.missing.join(' and ')} is not there: the run failed before it was read.`) : rows.length === 0 ? element('p', {}, 'None: the specs are the same.') : table(counted(rows.length, 'field'), [
    { title: 'Field', isHeader: true, of: (row) => element('span', { class: 'code' }, row.field) },
    { title: 'Before', className: 'text', of: (row) => side(row.left, row.right, 'removed') },
    { title: 'Now', className: 'text', of: (row) => side(row.right, row.left, 'added') },
  ], rows);
  return element('section', {}, element('h2', {}, title), content);
}

/** A value, with what the other side has not marked where both are texts. */
function side(text, other, kind) {
  if (text === undefined || text === null) return element('span', { class: 'soft' }, 'not set');
  const pieces = other === undefined || other === null || text.length < 12 ? null : kind === 'added' ? difference(other, text) : difference(text, other);
  if (pieces === null) return element('span', { class: 'code' }, text);
  return element('span', { class: 'code' }, pieces.filter((piece) => piece.kind === 'same' || piece.kind === kind).map((piece) => (piece.kind === 'same' ? piece.text : element(kind === 'added' ? 'ins' : 'del', {}, piece.text))));
}

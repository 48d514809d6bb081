// A group: its candidates beside each other and their baseline, what quality costs, which is recommended, and the runs it consists of.

import { ApiError, get, pathOf } from '../api.js';
import { axisFromZero, joinAxes, zoomOn } from '../charts/axis.js';
import { intervalPlot } from '../charts/interval.js';
import { scatter, shapeOf } from '../charts/scatter.js';
import { count, element, number, runLink, table, viewOf } from '../dom.js';
import { progressBar } from '../parts/progress.js';
import { samplesAddress } from '../parts/links.js';
import { badge, counted, readingOf } from '../words.js';

const SERIES = 5;

/** The runs of a group, and once it is summed up what they say together. */
export async function groupSections(run, hasSummary, overview) {
  if (!run.members) return [];
  if (!hasSummary) return [runsSection(run.members, [])];
  const summary = await get(`${pathOf(run.runId)}/summary`);
  const overviews = new Map((await Promise.all(run.members.filter((member) => member.status).map(overviewOf))).filter(Boolean).map((one) => [one.models.candidate, one]));
  for (const { model, headline } of overview?.candidates ?? []) {
    if (headline?.length) overviews.set(model, { ...overviews.get(model), headline: headline.map((number) => amongAll(number, overviews.get(model))) });
  }

  const { candidates } = summary;
  return [
    candidates ? candidatesSection(candidates, overviews, run) : null,
    candidates ? plotsSection(candidates, overviews, run) : null,
    runsSection(run.members, summary.members ?? []),
  ].filter(Boolean);
}

/** A candidate's number with the interval of its own run, and with the difference that holds for all candidates together. */
function amongAll(number, own) {
  const alone = own?.headline?.find((one) => one.name === number.name && one.slice === number.slice);
  return alone ? { ...number, candidate: alone.candidate, baseline: alone.baseline ?? number.baseline, axis: alone.axis ?? number.axis, bound: alone.bound ?? number.bound } : number;
}

/** The overview of a member; null for one that has none. */
async function overviewOf(member) {
  try {
    return await get(`${pathOf(member.runId)}/overview`);
  } catch (error) {
    if (error instanceof ApiError) return null;
    throw error;
  }
}

function recommendation({ recommended, tried }) {
  return element('p', {}, element('span', { class: 'strong' }, element('span', { 'aria-hidden': 'true' }, recommended.length > 0 ? '★ ' : '☆ '), recommended.length > 0 ? `Recommended: ${recommended.join(', ')}. ` : 'No candidate is recommended. '),
    element('span', { class: 'soft small' }, `What is said of one holds for all ${count(tried)} together: intervals and p-values are corrected for as many.`));
}

const headlinesOf = (candidates) => candidates.numbers.filter((of) => of.kind === 'headline');

function candidatesSection(candidates, overviews, run) {
  const results = new Map(candidates.candidates.map((candidate) => [candidate.model, candidate]));
  const textOf = (model, of) => overviews.get(model)?.headline?.find((one) => one.name === of.name && one.slice === of.slice);
  const rows = candidates.candidates.map((candidate) => ({ ...candidate, overview: overviews.get(candidate.model) }));
  const value = (row, of) => {
    const line = of.candidates.find((one) => one.model === row.model);
    const words = textOf(row.model, of);
    if (!line) return '–';
    return [
      element('b', { class: 'nowrap' }, words?.candidate?.text ?? number(line.value)), ' ', element('span', { class: 'soft small nowrap' }, words?.candidate?.intervalText ?? ''),
      line.difference === undefined || line.difference === null ? null : element('div', { class: 'small' }, element('span', {}, words?.difference?.text ?? number(line.difference)), ' ', line.reading ? readingOf(line.reading) : null),
      line.isBest ? element('div', { class: 'small' }, 'the best alone') : line.mayBeBest ? element('div', { class: 'small soft' }, 'may be the best') : null,
    ];
  };
  return element('section', { class: 'card' }, element('h2', {}, 'Candidates'), recommendation(candidates), table(candidates.baseline ? `Each against ${candidates.baseline}` : 'Each candidate', [
    { title: 'Candidate', isHeader: true, of: (row) => [runLink(row.runId, row.model), row.recommended ? element('span', { class: 'nowrap', title: 'recommended' }, '\u00a0★', element('span', { class: 'unseen' }, ' recommended')) : null] },
    { title: 'Verdict', of: (row) => (results.get(row.model).verdict ? badge(results.get(row.model).verdict.result) : row.status === 'Completed' ? '–' : badge(row.status)) },
    ...headlinesOf(candidates).map((of) => ({ title: titleOf(of, overviews), of: (row) => value(row, of) })),
    { title: 'Cost', className: 'number', of: (row) => row.overview?.cost?.text ?? '–' },
    { title: 'Latency', className: 'number', of: (row) => row.overview?.latency?.text ?? '–' },
    { title: 'Gained, lost', className: 'number', of: (row) => flipsOf(row) },
    ...(rows.some((row) => whyNot(row).length > 0) ? [{ title: 'Why not', of: (row) => whyNot(row).map((reason) => element('div', { class: 'small' }, reason)) }] : []),
  ], rows), run.baseline ? element('p', { class: 'soft small' }, `Gained: only the candidate is right. Lost: only ${run.baseline} is right.`) : null);
}

const whyNot = (row) => [row.notCompared, ...(row.verdict?.rules ?? []).filter((rule) => rule.result !== 'pass').map((rule) => rule.reason)].filter(Boolean);

function titleOf(of, overviews) {
  const label = [...overviews.values()].flatMap((overview) => overview.headline ?? []).find((one) => one.name === of.name && one.slice === of.slice)?.label;
  return label ?? (of.slice === 'all' ? of.name : `${of.name} · ${of.slice}`);
}

function flipsOf(row) {
  const flips = row.overview?.flips;
  if (!flips) return '–';
  return [element('a', { href: samplesAddress(row.runId, { flip: 'gained' }) }, `+${count(flips.gained)}`), ' ', element('a', { href: samplesAddress(row.runId, { flip: 'lost' }) }, `−${count(flips.lost)}`)];
}

/** All candidates on one axis, a plot a headline number; and quality against cost or latency. */
function plotsSection(candidates, overviews, run) {
  const models = candidates.candidates.map((candidate) => candidate.model);
  const runs = new Map(candidates.candidates.map((candidate) => [candidate.model, candidate.runId]));
  const plots = headlinesOf(candidates).map((of) => {
    const known = models.map((model, index) => ({ model, index, of: overviews.get(model)?.headline?.find((one) => one.name === of.name && one.slice === of.slice) })).filter((one) => one.of?.candidate && one.of.axis);
    if (known.length === 0) return null;
    const { baseline, bound, label } = known[0].of;
    const rows = known.map((one) => rowOf(one.of.candidate, one.model, one.index));
    const axis = zoomOn(joinAxes(known.map((one) => one.of.axis)), [...rows.flatMap((row) => [row.value, row.lower, row.upper]), bound?.limit ?? bound?.value]);
    const isNear = baseline && baseline.value >= axis.minimum && baseline.value <= axis.maximum;
    if (isNear) rows.push({ ...rowOf(baseline, candidates.baseline ?? run.baseline, 4), shape: 'diamond' });
    const note = !baseline || isNear ? null : `${candidates.baseline ?? run.baseline} ${baseline.text} lies ${baseline.value < axis.minimum ? 'left' : 'right'} of the axis.`;
    return { of, label, axis, rows, known, note, lines: bound ? [{ value: bound.limit ?? bound.value, text: bound.text }] : [] };
  }).filter(Boolean);
  if (plots.length === 0) return null;
  return element('div', { class: 'cards broad' },
    plots.map((plot) => element('section', { class: 'card' }, element('h2', {}, plot.label), element('div', { class: 'named-plot' }, names(plot), intervalPlot(plot)), plot.note ? element('p', { class: 'soft small' }, plot.note) : null)),
    priceSection(plots[0], overviews, runs));
}

const rowOf = (value, name, index) => ({ ...value, name, series: index % SERIES, shape: shapeOf(index), text: value.intervalText ? `${value.text} (${value.intervalText})` : value.text });

/** The names of a plot's rows, as high as the rows. */
const names = ({ rows, lines }) => element('ul', { class: lines.length > 0 ? 'row-names below-lines' : 'row-names', 'aria-hidden': 'true' }, rows.map((row) => element('li', { title: row.name }, row.name)));

function priceSection(plot, overviews, runs) {
  const measures = [
    { name: 'cost', of: (overview) => overview?.cost?.value, title: `cost of the run${currencyOf(overviews)}`, text: (overview) => overview.cost.text },
    { name: 'latency', of: (overview) => (overview?.latency?.p95 === undefined ? undefined : overview.latency.p95 / 1000), title: 'latency p95, s', text: (overview) => overview.latency.text },
  ].filter((measure) => plot.known.some((one) => Number.isFinite(measure.of(overviews.get(one.model)))));
  if (measures.length === 0) return null;
  const place = element('div');
  const chips = measures.map((measure) => element('button', { type: 'button', class: 'chip', onclick: () => choose(measure) }, measure.name));
  const choose = (measure) => {
    measures.forEach((one, index) => chips[index].setAttribute('aria-pressed', String(one === measure)));
    const points = plot.known.map((one) => {
      const overview = overviews.get(one.model);
      return { name: one.model, series: one.index % SERIES, x: measure.of(overview), y: one.of.candidate.value, lower: one.of.candidate.lower, upper: one.of.candidate.upper, text: `${plot.label} ${one.of.candidate.text}, ${measure.text(overview)}`, href: `#/${viewOf(runs.get(one.model))}` };
    }).filter((point) => Number.isFinite(point.x));
    place.replaceChildren(scatter({ label: `${plot.label} against ${measure.name}`, x: { axis: axisFromZero(Math.max(...points.map((point) => point.x))), title: measure.title }, y: plot.axis, points }));
  };
  choose(measures[0]);
  return element('section', { class: 'card' }, element('div', { class: 'row wide' }, element('h2', {}, `${plot.label} against what it takes`), element('div', { class: 'chips' }, chips)), place);
}

function currencyOf(overviews) {
  const currency = [...overviews.values()].find((overview) => overview.cost?.currency)?.cost.currency;
  return currency ? `, ${currency}` : '';
}

function runsSection(members, summed) {
  const known = new Map(summed.map((member) => [member.runId, member]));
  const flips = (row, of) => (known.get(row.runId)?.[of] === undefined ? '–' : count(known.get(row.runId)[of]));
  return element('section', { class: 'card' }, element('h2', {}, 'Runs'), table(`${counted(members.length, 'run')}, each with numbers, samples and a report of its own`, [
    { title: 'Model', isHeader: true, of: (row) => (row.status ? runLink(row.runId, row.model) : row.model) },
    { title: 'Role', of: (row) => row.role },
    { title: 'Status', of: (row) => statusOf(row) },
    { title: 'Verdict alone', of: (row) => (row.verdict ? badge(row.verdict) : '–') },
    { title: 'Gained', className: 'number', of: (row) => flips(row, 'gained') },
    { title: 'Lost', className: 'number', of: (row) => flips(row, 'lost') },
    { title: 'Answers', className: 'number', of: (row) => count(row.done) },
  ], members));
}

function statusOf(member) {
  if (!member.status) return element('span', { class: 'soft' }, 'not begun');
  if (member.status !== 'Running' || !member.expectedSamples) return [badge(member.status), member.errorCode ? element('span', { class: 'code small' }, ` ${member.errorCode}`) : null];
  return progressBar({ members: [member] });
}

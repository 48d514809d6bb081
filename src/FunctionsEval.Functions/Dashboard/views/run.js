// A run, first screen first: verdict and why, the headline numbers, what got worse, the samples; everything else on request.

import { ApiError, get, pathOf } from '../api.js';
import { element, runLink, time } from '../dom.js';
import { addressOf, go, show, tell, whileShown } from '../page.js';
import { actionsOf, resumeOf } from '../parts/actions.js';
import { factsContent } from '../parts/facts.js';
import { headlineSection } from '../parts/headline.js';
import { metricsContent } from '../parts/metrics.js';
import { outcomesContent } from '../parts/outcomes.js';
import { tabsOf } from '../parts/run-head.js';
import { outcomesSoFar, progressBar, progressOf, RecentRate, whyWaiting } from '../parts/progress.js';
import { samplesSection } from '../parts/samples-links.js';
import { verdictSection } from '../parts/verdict.js';
import { confusedSection, weakestSection, worseSection } from '../parts/worse.js';
import { counted, hasNumbers, isUnderWay, sourceWord, stateOf } from '../words.js';
import { groupSections } from './group.js';

const LATEST_RUNS = 20;

export async function runView({ runId, isCurrent }) {
  const run = await get(pathOf(runId));
  if (isUnderWay(run)) return underWay(run, isCurrent);
  const overview = await overviewOf(run);
  const head = headOf(run, overview);
  if (run.members) {
    return [...head, endOf(run, overview), verdictOf(run, overview), ...await groupSections(run, hasNumbers(run), overview), ...(hasNumbers(run) ? detailsOf(run, overview) : [facts(run)])].filter(Boolean);
  }

  return [
    ...head,
    endOf(run, overview),
    verdictOf(run, overview),
    headlineSection(overview),
    ...(hasNumbers(run) ? [
      element('div', { class: 'cards' }, worseSection(overview, { comparePicker: await comparePicker(run) }), confusedSection(overview), weakestSection(overview)),
      samplesSection(overview),
      ...detailsOf(run, overview),
    ] : [facts(run)]),
  ].filter(Boolean);
}

/** What the app says of the run at first sight; of a run whose results cannot be read what its row says, and why there is no more. */
async function overviewOf(run) {
  try {
    return await get(`${pathOf(run.runId)}/overview`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    tell(error);
    return { runId: run.runId, models: { candidate: run.model, baseline: run.baseline }, samples: run.samples, verdict: run.verdict, warnings: run.warnings };
  }
}

/** Name, models, facts in a line, and what one can do. */
function headOf(run, overview) {
  const models = run.candidates ? counted(run.candidates.length, 'candidate') : element('b', {}, run.model);
  const parts = [
    run.baseline ? [models, ' against ', element('b', {}, run.baseline)] : run.candidates || run.model ? models : null,
    run.samples === undefined ? null : counted(run.samples, 'sample'),
    time(run.started),
    overview?.durationText,
    overview?.cost?.text,
    overview?.latency?.text,
    overview?.source?.text ?? sourceWord(run.source),
  ].filter(Boolean);
  return [element('div', { class: 'row wide head' },
    element('div', {},
      element('p', { class: 'small soft crumbs' }, element('a', { href: '#/' }, 'Runs'), ' / ',
        run.suite ? [element('a', { href: addressOf('', new URLSearchParams({ suite: run.suite })) }, run.suite), ' / '] : null,
        run.group ? [runLink(run.group, 'group'), ' / '] : null,
        run.dataset),
      element('h1', {}, run.name ?? run.runId),
      element('p', { class: 'facts' }, parts.map((part, index) => [index > 0 ? element('span', { class: 'soft', 'aria-hidden': 'true' }, ' · ') : null, element('span', {}, part)]))),
    actionsOf(run)), run.members || !hasNumbers(run) ? null : tabsOf(run.runId, overview, '')];
}

/** The verdict; of a run that did not complete its rules and warnings alone, since how it ended stands before them. */
function verdictOf(run, overview) {
  return verdictSection(run.status === 'Completed' ? overview : { reasons: overview.reasons, warnings: overview.warnings });
}

/** How a run ended that did not complete: the reason once, and whether one can go on. */
function endOf(run, { title }) {
  const resume = resumeOf(run);
  if (run.status === 'Completed' && !resume.why) return null;
  return element('section', { class: 'verdict-card', 'aria-label': 'How the run ended' },
    element('div', { class: 'row' }, stateOf(run, true), title && run.status !== 'Failed' ? element('span', { class: 'verdict-title' }, title) : null),
    run.errorMessage ? element('p', {}, run.errorMessage) : null,
    run.status === 'Failed' && run.errorCode ? element('p', { class: 'soft small' }, 'Error code ', element('span', { class: 'code' }, run.errorCode)) : null,
    resume.why ? element('p', { class: 'soft' }, resume.why) : null);
}

/** A run under way: how far, how fast, how long still. It shows itself anew when it has ended. */
function underWay(run, isCurrent) {
  const rate = new RecentRate();
  const state = element('span');
  const progress = element('div');
  const why = element('p', { role: 'status' });
  const soFar = element('ul', { class: 'reasons' });
  const fill = (now) => {
    state.replaceChildren(stateOf(now, true));
    progress.replaceChildren(now.status === 'Running' ? progressBar(now, rate.add(progressOf(now).done)) : '');
    why.textContent = now.cancelRequested ? 'It is being cancelled: no new call is made.' : whyWaiting(now) ?? '';
    soFar.replaceChildren(...(now.members ? [] : outcomesSoFar(now)));
  };
  fill(run);
  const group = element('div');
  const drawGroup = async (now) => group.replaceChildren(...await groupSections(now, false, null));
  if (run.members) drawGroup(run);
  whileShown(isCurrent, async () => {
    const now = await get(pathOf(run.runId));
    if (!isUnderWay(now)) {
      await show();
      return false;
    }

    fill(now);
    if (now.members) await drawGroup(now);
    return true;
  });
  return [
    ...headOf(run).filter(Boolean),
    element('section', { class: 'verdict-card under-way', 'aria-label': 'Progress' }, element('div', { class: 'row' }, state), progress, why, soFar),
    group,
    facts(run),
  ];
}

/** Another run of the suite to compare with; the previous one comes first. */
async function comparePicker(run) {
  if (!run.suite) return null;
  let runs;
  try {
    ({ runs } = await get('/api/evaluations', new URLSearchParams({ suite: run.suite, size: LATEST_RUNS })));
  } catch (error) {
    if (error instanceof ApiError) return null; // Without the list the run is still worth reading.
    throw error;
  }

  const others = runs.filter((other) => other.runId !== run.runId && !other.candidates && hasNumbers(other)).sort((a, b) => (b.runId === run.previousRun) - (a.runId === run.previousRun));
  if (others.length === 0) return null;
  const select = element('select', { 'aria-label': 'Run to compare with' }, others.map((other) => element('option', { value: other.runId }, `${other.runId === run.previousRun ? 'previous run, ' : ''}${new Date(other.started).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })}, ${other.model}`)));
  return element('div', { class: 'row no-print picker' }, element('label', {}, 'Compare with ', select), element('button', { type: 'button', onclick: () => go('compare', new URLSearchParams({ left: select.value, right: run.runId })) }, 'Compare'));
}

/** A section that is drawn when it is opened. */
function section(title, note, draw) {
  const details = element('details', { class: 'section' }, element('summary', {}, title, ' ', element('span', { class: 'soft small' }, note)));
  details.addEventListener('toggle', async () => {
    if (!details.open || details.childElementCount > 1) return;
    const place = element('div', {}, '…');
    details.append(place);
    try {
      place.replaceChildren(await draw());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      place.replaceChildren(element('p', { class: 'fail' }, error.message));
      details.addEventListener('toggle', () => place.remove(), { once: true });
    }
  });
  return details;
}

const factsSection = (run) => section('Spec, run id, code version', '', () => factsContent(run, hasNumbers(run)));

const facts = (run) => element('div', { class: 'sections' }, factsSection(run));

function detailsOf(run, overview) {
  return [element('div', { class: 'sections' },
    run.members ? null : section('All metrics', 'averages, by class, by slice', async () => metricsContent(run.runId, (await get(`${pathOf(run.runId)}/metrics`)).metrics)),
    section('Outcomes and use', [overview.latency?.text, overview.cost?.text].filter(Boolean).join(' · ') || 'latency, tokens, cost', () => outcomesContent(run, overview)),
    factsSection(run))];
}

// Suite runs: one verdict over the datasets of a suite.

import { blob, get, post } from '../api.js';
import { count, element, filterForm, interval, number, runLink, table, time } from '../dom.js';
import { go, save, show, tell, whileShown } from '../page.js';
import { verdictSection } from '../parts/verdict.js';
import { badge, counted, isUnderWay, stateOf } from '../words.js';

const PAGE = 50;
const pathOf = (id) => `/api/suites/${encodeURIComponent(id)}`;
const suiteLink = (suite) => element('a', { href: `#/suites/${encodeURIComponent(suite.suiteRunId)}` }, suite.name ?? suite.suite);

/** Suite runs, latest first, and the suites that wait for datasets. */
export async function suitesView({ values }) {
  const query = new URLSearchParams(values);
  query.set('size', PAGE);
  const { suites, waiting, continuation } = await get('/api/suites', query);
  const next = new URLSearchParams(values);
  if (continuation) next.set('continuation', continuation);
  return [
    element('h1', {}, 'Suites'),
    filterForm([{ name: 'suite', label: 'Suite', placeholder: 'support-tickets' }], values, (chosen) => go('suites', chosen)),
    waiting.length === 0 ? null : element('ul', { class: 'reasons' }, waiting.map((one) => element('li', {}, element('span', { class: 'icon', 'aria-hidden': 'true' }, '○'), element('span', {}, `${one.suite} waits for ${one.missing.length > 0 ? one.missing.join(', ') : 'the end of the uploads'}.`)))),
    suites.length === 0 ? element('p', {}, 'No suite run matches. A suite has the section "suite" in its evaluation.json.') : table('Latest first', [
      { title: 'Suite', isHeader: true, of: suiteLink },
      { title: 'Verdict', of: (suite) => stateOf(suite) },
      { title: 'Model', of: (suite) => suite.model ?? '–' },
      { title: 'Baseline', of: (suite) => suite.baseline ?? '–' },
      { title: 'Samples', className: 'number', of: (suite) => (suite.samples === undefined ? '–' : count(suite.samples)) },
      { title: 'Started', of: (suite) => time(suite.started) },
    ], suites),
    continuation ? element('p', {}, element('a', { href: `#/suites?${next}` }, 'Older suite runs')) : null,
  ].filter((part) => part !== null);
}

/** A suite run: the verdict, why, and its datasets by tier. */
export async function suiteView({ suiteRunId: id, isCurrent }) {
  const suite = await get(pathOf(id));
  if (isUnderWay(suite)) {
    whileShown(isCurrent, async () => {
      if (isUnderWay(await get(pathOf(id)))) return true;
      await show();
      return false;
    });
  }

  const datasets = suite.datasets ?? [];
  return [
    element('div', { class: 'row wide head' },
      element('div', {},
        element('p', { class: 'small soft crumbs' }, element('a', { href: '#/suites' }, 'Suites'), ` / ${suite.suite}`),
        element('h1', {}, suite.name ?? suite.suite),
        element('p', { class: 'facts' }, [suite.baseline ? `${suite.model} against ${suite.baseline}` : suite.model, counted(datasets.length, 'dataset')].filter(Boolean).join(' · '), ' · ', time(suite.started))),
      element('div', { class: 'row actions' }, actionsOf(suite))),
    suite.status === 'Completed' ? null : element('section', { class: 'verdict-card', 'aria-label': 'State' }, badge(suite.status, true), suite.errorMessage ? element('p', {}, suite.errorMessage) : null),
    verdictSection({ verdict: suite.status === 'Completed' ? suite.verdict : null, reasons: suite.verdictReasons, warnings: suite.warnings }),
    candidatesOf(suite),
    element('section', { class: 'card' }, element('h2', {}, 'Datasets'), table('Each with the run that evaluated it', [
      { title: 'Dataset', isHeader: true, of: (dataset) => (dataset.runId ? runLink(dataset.runId, dataset.dataset) : dataset.dataset) },
      { title: 'Tier', of: (dataset) => dataset.tier },
      { title: 'Verdict', of: (dataset) => (dataset.verdict ? badge(dataset.verdict) : dataset.status ? badge(dataset.status) : '–') },
      { title: 'Headline', of: (dataset) => headlineOf(dataset) },
      { title: 'Samples', className: 'number', of: (dataset) => (dataset.samples === undefined ? '–' : count(dataset.samples)) },
      { title: 'Reason', of: (dataset) => element('span', { class: 'small' }, dataset.errorMessage ?? '') },
    ], datasets)),
  ].filter((part) => part !== null);
}

function headlineOf({ headline }) {
  if (!headline) return '–';
  return [element('span', { class: 'soft small' }, `${headline.label ?? headline.name} `), element('b', {}, headline.text ?? number(headline.value)), element('span', { class: 'soft small' }, headline.intervalText ? ` ${headline.intervalText}` : interval(headline.lower, headline.upper, headline.noInterval))];
}

function candidatesOf(suite) {
  if (!suite.candidates) return null;
  return element('section', { class: 'card' }, element('h2', {}, 'Candidates'), table('Each over all datasets', [
    { title: 'Candidate', isHeader: true, of: (candidate) => candidate.model },
    { title: 'Verdict', of: (candidate) => (candidate.verdict ? badge(candidate.verdict) : '–') },
    { title: 'Why not', of: (candidate) => candidate.verdictReasons.filter(({ result }) => result !== 'pass').map(({ reason }) => reason).join('; ') || '–' },
  ], suite.candidates));
}

function actionsOf(suite) {
  const act = (name, path) => element('button', { type: 'button', onclick: () => post(`${pathOf(suite.suiteRunId)}/${path}`).then(() => show(), tell) }, name);
  if (isUnderWay(suite)) return [act('Cancel', 'cancel')];
  const canResume = suite.status !== 'Completed' || (suite.datasets ?? []).some((dataset) => ['Failed', 'Partial', 'Cancelled'].includes(dataset.status));
  return [
    element('button', { type: 'button', onclick: () => save(() => blob(`${pathOf(suite.suiteRunId)}/report`), `${suite.suiteRunId}.html`) }, 'Save the report'),
    canResume ? act('Resume', 'resume') : null,
  ].filter(Boolean);
}

// The head of a run's views: where one is, and the way to the others.

import { ApiError, get, pathOf } from '../api.js';
import { element, runLink, viewOf } from '../dom.js';
import { outcomeWord } from '../words.js';

/** The views of a run: the name, the address, and which tables of the run it needs. */
const VIEWS = [['Overview', ''], ['Samples', 'samples'], ['Confusion', 'confusion', 'confusion'], ['Calibration', 'curves', 'calibration'], ['Review', 'review']];

/** A line of tabs: what the run has nothing for is left out, unless one is there. */
export function tabsOf(runId, overview, current) {
  const has = (table) => table === undefined || overview?.tables === undefined || overview.tables.includes(table);
  return element('nav', { class: 'tabs no-print', 'aria-label': 'Views of the run' },
    VIEWS.filter(([, part, table]) => part === current || has(table)).map(([text, part]) => element('a', { href: `#/${viewOf(runId)}${part === '' ? '' : `/${part}`}`, 'aria-current': part === current ? 'page' : null }, text)));
}

/** A run's name, models and the words of its outcomes. */
export async function contextOf(runId) {
  const [run, overview] = await Promise.all([get(pathOf(runId)), overviewOf(runId)]);
  const labels = new Map((overview?.outcomes ?? []).map(({ name, label }) => [name, label]));
  return {
    run,
    overview,
    title: run.name ?? run.runId,
    candidate: run.model ?? 'candidate',
    baseline: run.baseline ?? null,
    outcome: (name) => labels.get(name) ?? outcomeWord(name),
  };
}

async function overviewOf(runId) {
  try {
    return await get(`${pathOf(runId)}/overview`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return null; // Without it the views lack a few words and links.
  }
}

/** Where one is, the view's name, and a line of tabs. */
export function runHead({ run, overview, candidate, baseline, title }, name, current, beside) {
  return element('div', { class: 'run-head' },
    element('p', { class: 'small soft crumbs' }, element('a', { href: '#/' }, 'Runs'), ' / ', runLink(run.runId, title), current === name ? null : [' / ', name]),
    element('div', { class: 'row wide' },
      element('div', {}, element('h1', {}, `${name} of ${title}`), element('p', { class: 'soft' }, candidate, baseline ? ` against ${baseline}` : null, run.dataset ? ` · ${run.dataset}` : null)),
      beside),
    tabsOf(run.runId, overview, current));
}

/** What stands in place of a view of a group: samples belong to the run of each candidate. */
export function candidatesOf(context, name, part) {
  const { run } = context;
  return [
    runHead(context, name, part),
    element('p', {}, 'Each candidate has a run of its own:'),
    element('ul', { class: 'chips' }, run.candidates.map((model, index) => element('li', {}, element('a', { class: 'chip', href: `#/${viewOf(run.candidateRuns[index])}/${part}` }, model)))),
  ];
}

// What identifies a run: its spec, its ids, its code.

import { get, pathOf } from '../api.js';
import { count, element, number, runLink, time } from '../dom.js';
import { sourceWord } from '../words.js';

/** The facts of a run, and its spec when it is asked for. */
export function factsContent(run, hasSummary) {
  const facts = [
    ['Run', element('span', { class: 'code' }, run.runId)],
    ['Group', run.group ? runLink(run.group, run.group) : null],
    ['Previous run', run.previousRun ? runLink(run.previousRun, run.previousRun) : null],
    ['Baseline not called', run.baselineRun && !run.candidates ? ['answers of run ', runLink(run.baselineRun, run.baselineRun)] : null],
    ['Started', time(run.started)], ['Finished', run.finished ? time(run.finished) : null], ['Started by', sourceWord(run.source)], ['Fine-tuning job', run.fineTuneJob],
    ['Dataset', run.dataset], ['Dataset version', run.datasetETag], ['Deployment', run.deployment],
    ['Hosting', run.hostingHours === undefined ? null : `${number(run.hostingHours)} h of ${count(run.deployments)} deployments, cost ${number(run.hostingCost)}`],
    ['Spec hash', run.specHash], ['Code version', run.codeVersion],
  ].filter(([, value]) => value !== null && value !== undefined && value !== '');
  return element('div', { class: 'stack' },
    element('dl', {}, facts.map(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])),
    hasSummary ? specOf(run.runId) : null);
}

function specOf(runId) {
  const place = element('pre', { class: 'card panel scroll', tabindex: '0', 'aria-label': 'Spec' });
  const details = element('details', {}, element('summary', {}, 'Spec as it was evaluated'), place);
  details.addEventListener('toggle', async () => {
    if (details.open && place.textContent === '') place.textContent = JSON.stringify((await get(`${pathOf(runId)}/summary`)).spec, null, 2) ?? 'The summary has no spec.';
  });
  return details;
}

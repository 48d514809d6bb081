// What a run's status is called and how it is shown.

import { count, element } from './dom.js';

export const STATUSES = ['Pending', 'AwaitingDeployment', 'Running', 'Completed', 'Partial', 'Cancelled', 'Failed'];
export const OUTCOMES = ['scored', 'unparsable', 'content_filtered', 'rejected', 'truncated', 'timed_out', 'exhausted', 'malformed_sample', 'too_long_to_score', 'reasoning_exhausted'];
const UNDER_WAY = ['Pending', 'AwaitingDeployment', 'Running'];

export const isUnderWay = (run) => UNDER_WAY.includes(run.status);

export function statusOf(run) {
  if (!isUnderWay(run)) return [element('span', { class: run.status }, run.status)];
  const progress = progressOf(run);
  return progress ? [`${run.status} `, progress] : [run.status];
}

/** How many outcomes there are of those to come, once both are known. */
function progressOf(run) {
  if (run.candidates && !run.members) return null; // The list has no progress of groups; their own page has.
  if (run.members) return membersOf(run.members);
  const roles = run.baseline ? 2 : 1;
  const done = Object.values(run.progress ?? {}).flatMap(Object.values).reduce((sum, outcomes) => sum + outcomes, 0);
  const samples = run.expectedSamples ?? run.samples;
  if (!samples) return done > 0 ? element('span', {}, `${count(done)} answered`) : null;
  const total = Math.max(done, samples * roles);
  const about = run.expectedSamplesEstimated ? 'about ' : '';
  return element('span', {}, element('progress', { value: done, max: total, 'aria-label': 'Answered' }), ` ${count(done)} of ${about}${count(total)}`);
}

function membersOf(members) {
  const done = members.reduce((sum, member) => sum + member.done, 0);
  const total = members.length * Math.max(...members.map((member) => member.expectedSamples ?? 0));
  return total > 0 ? element('span', {}, element('progress', { value: done, max: Math.max(done, total), 'aria-label': 'Answered' }), ` ${count(done)} of ${count(Math.max(done, total))}`) : null;
}

const OUTCOME_WORDS = {
  scored: 'answered', unparsable: 'unreadable answer', exhausted: 'no answer after all attempts', timed_out: 'timed out', rejected: 'refused by the endpoint', content_filtered: 'stopped by a content filter',
  truncated: 'cut off', malformed_sample: 'invalid row', too_long_to_score: 'too long to score', reasoning_exhausted: 'reasoning used up all tokens',
};

export const outcomeWord = (name) => OUTCOME_WORDS[name] ?? name.replaceAll('_', ' ');

/** A number of things, in singular or plural. */
export const counted = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

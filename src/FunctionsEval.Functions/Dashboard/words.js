// What states, sources and readings are called on the screen, and the icon that stands with each word.

import { count, element } from './dom.js';

export const OUTCOMES = ['scored', 'unparsable', 'content_filtered', 'rejected', 'truncated', 'timed_out', 'exhausted', 'malformed_sample', 'too_long_to_score', 'reasoning_exhausted'];

const UNDER_WAY = ['Pending', 'AwaitingDeployment', 'Running'];

/** Icon and word of a verdict or a status. */
const BADGES = {
  pass: ['✓', 'pass'],
  fail: ['✗', 'fail'],
  inconclusive: ['?', 'inconclusive'],
  Pending: ['○', 'waiting', 'live'],
  AwaitingDeployment: ['○', 'waits for its model', 'live'],
  Running: ['◐', 'running', 'live'],
  Completed: ['●', 'completed'],
  Partial: ['◑', 'stopped early'],
  Cancelled: ['■', 'cancelled'],
  Failed: ['✗', 'failed'],
};

const OUTCOME_WORDS = {
  scored: 'answered', unparsable: 'unreadable answer', exhausted: 'no answer after all attempts', timed_out: 'timed out', rejected: 'refused by the endpoint', content_filtered: 'stopped by a content filter',
  truncated: 'cut off', malformed_sample: 'invalid row', too_long_to_score: 'too long to score', reasoning_exhausted: 'no answer left after reasoning',
};

const SOURCE_WORDS = {
  http: 'API request', blob: 'upload', fine_tune: 'fine-tuning job', retirement: 'retirement drill',
};

const READING_WORDS = { better: ['▲', 'better'], worse: ['▼', 'worse'], no_clear_difference: ['≈', 'no clear change'], to_look_at: ['◆', 'clear change'] };

export const isUnderWay = (run) => UNDER_WAY.includes(run.status);

/** Whether a run has numbers: all, or those of what was answered before it was stopped. */
export const hasNumbers = (run) => ['Completed', 'Partial', 'Cancelled'].includes(run.status);

export const wordOf = (name) => BADGES[name]?.[1] ?? name;
export const outcomeWord = (name) => OUTCOME_WORDS[name] ?? name.replaceAll('_', ' ');
export const sourceWord = (name) => SOURCE_WORDS[name] ?? name?.replaceAll('_', ' ');
export const iconOf = (name) => BADGES[name]?.[0] ?? '•';

/** A verdict or a status as a badge. */
export function badge(name, isLarge = false) {
  const [icon, word, look] = BADGES[name] ?? ['•', name];
  return element('span', { class: `badge ${look ?? name}${isLarge ? ' large' : ''}` }, element('span', { 'aria-hidden': 'true' }, icon), isLarge ? word.toUpperCase() : word);
}

/** The verdict of a run that has one; else how far it is. */
export const stateOf = (run, isLarge) => badge(run.status === 'Completed' && run.verdict ? run.verdict : run.status, isLarge);

/** What a difference says, with its icon: only a headline number is better or worse. */
export function readingOf(name) {
  const [icon, word] = READING_WORDS[name] ?? ['', name?.replaceAll('_', ' ') ?? ''];
  return element('span', { class: `nowrap ${name === 'better' || name === 'worse' ? name : 'soft'}` }, element('span', { 'aria-hidden': 'true' }, icon), ` ${word}`);
}

/** A number of things, in singular or plural. */
export const counted = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

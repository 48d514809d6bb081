// How far a run is: how many answers of how many, how fast, and how long it may still take.

import { count, element } from '../dom.js';
import { counted, outcomeWord } from '../words.js';

const WINDOW_MILLISECONDS = 10_000; // The terminal's window: both say the same rate.

/** How fast a count grows over the last ten seconds. */
export class RecentRate {
  #seen = [];

  /** Takes the count as it is now; how much it grows a second, or null while less than a second was seen. */
  add(total, now = performance.now()) {
    this.#seen.push({ now, total });
    while (this.#seen.length > 2 && now - this.#seen[1].now >= WINDOW_MILLISECONDS) this.#seen.shift();
    const elapsed = now - this.#seen[0].now;
    return elapsed < 1000 ? null : (Math.max(0, total - this.#seen[0].total) * 1000) / elapsed;
  }
}

/** How many outcomes there are, and how many there will be: of a run with its progress, of a group with its members. */
export function progressOf(run) {
  if (run.members) {
    const done = run.members.reduce((sum, member) => sum + member.done, 0);
    const samples = Math.max(0, ...run.members.map((member) => member.expectedSamples ?? 0));
    return { done, total: samples > 0 ? Math.max(done, samples * run.members.length) : null, isEstimated: false };
  }

  const done = Object.values(run.progress ?? {}).flatMap(Object.values).reduce((sum, outcomes) => sum + outcomes, 0);
  const samples = run.expectedSamples ?? run.samples;
  return { done, total: samples ? Math.max(done, samples * (run.baseline ? 2 : 1)) : null, isEstimated: run.expectedSamplesEstimated === true };
}

/** Seconds as one says them. */
export function durationText(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  const hours = seconds / 3600;
  return `${hours < 10 ? hours.toFixed(1) : Math.round(hours)} h`;
}

/** The share, the count, the rate and the time left, as far as each is known. */
export function progressTexts({ done, total, isEstimated }, rate) {
  return [
    total ? `${done > 0 && done < total / 100 ? '< 1' : Math.floor((100 * done) / total)} %` : null,
    total ? `${count(done)} of ${isEstimated ? 'about ' : ''}${count(total)} answers` : done > 0 ? counted(done, 'answer') : 'no answer yet',
    rate === null || rate === undefined || done === 0 ? null : `${rate < 10 ? rate.toFixed(1) : count(Math.round(rate))} a second`,
    rate > 0 && total > done ? `about ${durationText((total - done) / rate)} left` : null,
  ].filter(Boolean);
}

/** A bar with its texts. */
export function progressBar(run, rate) {
  const progress = progressOf(run);
  const texts = progressTexts(progress, rate);
  return element('span', { class: 'progress' },
    progress.total ? element('progress', { value: progress.done, max: progress.total, 'aria-label': 'Answered' }) : null,
    element('span', { class: 'small' }, texts.join(' · ')));
}

/** Why a run has not begun: how many are before it. */
export function whyWaiting(run) {
  if (run.status === 'AwaitingDeployment') return 'It waits until its fine-tuned model is deployed.';
  if (run.status !== 'Pending') return null;
  const { running, waiting, isMore } = run.before ?? {};
  if (running === undefined) return 'It waits for its turn.';
  if (running + waiting === 0) return 'No run is before it: it begins within seconds.';
  const parts = [running > 0 ? `${counted(running, 'run')} under way` : null, waiting > 0 ? `${counted(waiting, 'run')} waiting` : null].filter(Boolean);
  return `${isMore ? 'At least ' : ''}${parts.join(' and ')} ${running + waiting === 1 ? 'is' : 'are'} before it.`;
}

/** The outcomes so far of each model, those that are no answer in words. */
export function outcomesSoFar(run) {
  const models = { candidate: run.model, baseline: run.baseline };
  return Object.entries(run.progress ?? {}).map(([role, outcomes]) => {
    const others = Object.entries(outcomes).filter(([name, number]) => name !== 'scored' && number > 0);
    return element('li', {}, element('span', {}, element('span', { class: 'strong' }, models[role] ?? role), `: ${count(outcomes.scored ?? 0)} answered`,
      others.map(([name, number]) => `, ${count(number)} × ${outcomeWord(name)}`)));
  });
}

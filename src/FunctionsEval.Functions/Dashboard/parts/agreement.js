// What people say of a run's samples, and how far others say the same.

import { count, element, percentText, table } from '../dom.js';
import { counted } from '../words.js';

const share = ({ value, lower, upper }) => [percentText(value), lower === undefined ? null : element('span', { class: 'soft small' }, ` ${percentText(lower)} to ${percentText(upper)}`)];

export function agreementContent(summary, { candidate, baseline }) {
  if (summary.reviewers.length === 0) return [element('p', {}, 'Nobody has graded a sample of this run.')];
  const nameOf = (role) => (role === 'candidate' ? candidate : baseline);
  const { winRate } = summary;
  const figure = (name, value, note) => element('div', { class: 'figure' }, element('div', { class: 'figure-name' }, name), element('div', { class: 'figure-value' }, value), element('div', { class: 'figure-note' }, note));
  return [
    element('div', { class: 'figures' },
      winRate ? figure(`${candidate} preferred to ${baseline}`, percentText(winRate.value), `${percentText(winRate.lower)} to ${percentText(winRate.upper)}; ${counted(winRate.samples, 'sample')}: ${count(winRate.wins)} won, ${count(winRate.ties)} even, ${count(winRate.losses)} lost`) : null,
      summary.rightRates.map((rate) => figure(`${nameOf(rate.role)} right`, percentText(rate.value), `${percentText(rate.lower)} to ${percentText(rate.upper)}; ${counted(rate.samples, 'answer')}`))),
    summary.unknownSamples > 0 ? element('p', { class: 'soft small' }, `${counted(summary.unknownSamples, 'grade')} of samples that the run does not have any more count nowhere.`) : null,
    summary.agreements.length === 0 ? null : table('Agreement; κ is agreement beyond chance: 0 is chance, 1 is perfect', [
      { title: 'Who', isHeader: true, of: (row) => `${row.reviewer ?? 'Reviewers'} and ${row.source === 'references' ? 'the references' : row.other}` },
      { title: 'About', of: (row) => (row.kind === 'pairs' ? 'which is better' : 'right or wrong') },
      { title: 'Graded by both', className: 'number', of: (row) => count(row.items) },
      { title: 'Same', className: 'number', of: (row) => share(row.share) },
      { title: 'Cohen’s κ', className: 'number', of: (row) => kappa(row.kappa) },
    ], summary.agreements),
    table('Reviewers', [
      { title: 'Name', isHeader: true, of: (row) => row.name },
      { title: 'Graded', className: 'number', of: (row) => count(row.graded) },
      { title: 'Skipped', className: 'number', of: (row) => count(row.skipped) },
    ], summary.reviewers),
  ].filter(Boolean);
}

function kappa({ value, lower, upper, noInterval, undefined: reason }) {
  if (value === undefined) return element('span', { class: 'soft' }, `undefined${reason ? ` (${reason.replaceAll('_', ' ')})` : ': all say the same'}`);
  const text = value.toFixed(2).replace('-', '−');
  const interval = lower === undefined ? (noInterval ? `no interval: ${noInterval.replaceAll('_', ' ')}` : null) : `${lower.toFixed(2)} to ${upper.toFixed(2)}`.replaceAll('-', '−');
  return [text, interval ? element('span', { class: 'soft small' }, ` ${interval}`) : null];
}

// What became of the samples, and what the answers took: latency, tokens, cost.

import { count, element, isKnown, number, table } from '../dom.js';
import { OUTCOMES, outcomeWord } from '../words.js';
import { samplesAddress } from './links.js';

/** Outcomes and use, a column a model. The numbers lead to their samples, unless the run is a group. */
export function outcomesContent(run, overview) {
  const roles = run.baseline ? ['candidate', 'baseline'] : ['candidate'];
  const columns = (title) => [
    { title, isHeader: true, of: (row) => row.name },
    ...roles.map((role) => ({ title: run[role === 'candidate' ? 'model' : 'baseline'] ?? role, className: 'number', of: (row) => row.of(role) })),
  ];
  return element('div', { class: 'cards' },
    table('What became of the samples', columns('Outcome'), outcomeRows(run, overview)),
    table('What the answers took', columns('Use'), useRows(run, overview, roles)));
}

const columnOf = (role, outcome) => role + outcome.split('_').map((word) => word[0].toUpperCase() + word.slice(1)).join('');

function outcomeRows(run, overview) {
  const known = overview?.outcomes ?? OUTCOMES.map((name) => ({ name, label: outcomeWord(name), candidate: run[columnOf('candidate', name)], baseline: run[columnOf('baseline', name)] }));
  const link = (role, name, value) => (run.members || !value ? count(value) : element('a', { href: samplesAddress(run.runId, { outcome: name, role }) }, count(value)));
  return known.filter((one) => one.name === 'scored' || one.name === 'unparsable' || one.candidate > 0 || one.baseline > 0)
    .map((one) => ({ name: one.label, of: (role) => link(role, one.name, one[role]) }));
}

function useRows(run, overview, roles) {
  const percentiles = (member) => (role) => (isKnown(run[`${role}${member}P50`]) ? `${['P50', 'P95', 'P99'].map((part) => milliseconds(run[role + member + part])).join(' / ')} ms` : '–');
  const plain = (member, text = (value) => value) => (role) => (isKnown(run[role + member]) ? text(run[role + member]) : '–');
  const costs = { candidate: overview?.cost?.candidateText, baseline: overview?.cost?.baselineText };
  return [
    ['Requests', 'Requests', plain('Requests', count)],
    ['Latency p50 / p95 / p99', 'LatencyMsP50', percentiles('LatencyMs')],
    ['First token p50 / p95 / p99', 'TimeToFirstTokenMsP50', percentiles('TimeToFirstTokenMs')],
    ['Tokens a second after it, p50', 'TokensPerSecondP50', plain('TokensPerSecondP50', number)],
    ['Tokens in', 'InputTokens', plain('InputTokens', count)],
    ['Tokens in from the cache', 'CachedInputTokens', plain('CachedInputTokens', count)],
    ['Tokens out', 'OutputTokens', plain('OutputTokens', count)],
    ['Answers with reasoning', 'ReasoningSamples', plain('ReasoningSamples', count)],
    ['Cost', 'Cost', (role) => costs[role] ?? plain('Cost', number)(role)],
    ['Answered by', 'AnsweredBy', plain('AnsweredBy')],
    ['System fingerprint', 'SystemFingerprints', plain('SystemFingerprints')],
    ['Route', 'Routes', plain('Routes')],
    ['Answered in its place (spillover)', 'OtherDeployments', plain('OtherDeployments')],
    ['Not taken by the endpoint', 'LeftOut', plain('LeftOut')],
  ].filter(([, member]) => roles.some((role) => isKnown(run[role + member]))).map(([name, , of]) => ({ name, of }));
}

/** Latencies are read from a histogram of 2.5 %: three digits at most. */
const milliseconds = (value) => (isKnown(value) ? Number(value.toPrecision(3)).toLocaleString('en') : '–');

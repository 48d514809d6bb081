// A group: its candidates beside their baseline and beside the best of them, and the runs that it consists of.

import { get, pathOf } from '../api.js';
import { DIFFERENCE_COLUMNS, count, element, interval, number, runLink, table } from '../dom.js';

/** What the candidates of a run are called in a line. */
export const modelOf = (run) => (run.candidates?.length > 1 ? `${run.candidates[0]} and ${run.candidates.length - 1} more` : run.model);

/** The runs of a group, and once it is summed up what they say together. */
export async function groupSections(run, hasSummary) {
  if (!run.members) return [];
  const summary = hasSummary ? await get(`${pathOf(run.runId)}/summary`) : null;
  return [...(summary?.candidates ? candidatesSection(summary.candidates) : []), runsSection(run.members, summary?.members ?? [])];
}

function candidatesSection(candidates) {
  const verdicts = new Map(candidates.candidates.map((candidate) => [candidate.model, candidate]));
  const result = (candidate) => (candidate?.verdict ? element('span', { class: candidate.verdict.result, title: candidate.verdict.rules.map((rule) => rule.reason).join('\n') }, candidate.verdict.result) : '–');
  const columns = (compared) => [
    { title: 'Candidate', isHeader: true, of: (row) => row.model },
    { title: 'Value', className: 'number', of: (row) => number(row.value) },
    ...(compared ? DIFFERENCE_COLUMNS : []),
    { title: 'From the best other one', className: 'number', of: (row) => interval(row.bestLower, row.bestUpper, row.noBest).trim() || '–' },
    { title: 'May be the best', of: (row) => (row.isBest ? 'yes, alone' : row.mayBeBest === true ? 'yes' : row.mayBeBest === false ? 'no' : '–') },
    { title: 'Verdict', of: (row) => result(verdicts.get(row.model)) },
    { title: 'Samples', className: 'number', of: (row) => count(row.samples) },
  ];
  const caption = (of) => `${of.name}${of.slice === 'all' ? '' : ` [${of.slice}]`}${of.baseline === undefined ? '' : `, baseline ${number(of.baseline)}`}`;
  return [
    element('h2', {}, 'Candidates'),
    element('p', {}, candidates.recommended.length > 0 ? `Recommended: ${candidates.recommended.join(', ')}.` : 'No candidate is recommended.',
      ` Intervals hold for all ${count(candidates.tried)} candidates together, and adjusted p-values are corrected for as many.`),
    ...candidates.numbers.filter((of) => of.kind === 'headline').map((of) => table(caption(of), columns(candidates.baseline !== undefined), of.candidates)),
  ];
}

function runsSection(members, summed) {
  const known = new Map(summed.map((member) => [member.runId, member]));
  const flips = (row, of) => (known.get(row.runId)?.[of] === undefined ? '–' : count(known.get(row.runId)[of]));
  return element('section', {}, element('h2', {}, 'Runs'), table('The runs of the group, each with metrics, samples and a report of its own', [
    { title: 'Model', isHeader: true, of: (row) => (row.status ? runLink(row.runId, row.model) : row.model) },
    { title: 'Role', of: (row) => row.role },
    { title: 'Status', of: (row) => statusOf(row) },
    { title: 'Alone', of: (row) => (row.verdict ? element('span', { class: row.verdict }, row.verdict) : '–') },
    { title: 'Gained', className: 'number', of: (row) => flips(row, 'gained') },
    { title: 'Lost', className: 'number', of: (row) => flips(row, 'lost') },
    { title: 'Answers', className: 'number', of: (row) => count(row.done) },
    { title: 'Cost', className: 'number', of: (row) => number(known.get(row.runId)?.cost ?? row.cost) },
  ], members));
}

function statusOf(member) {
  if (!member.status) return 'not begun';
  if (member.status !== 'Running' || !member.expectedSamples) return element('span', { class: member.status }, member.errorCode ? `${member.status} (${member.errorCode})` : member.status);
  const total = Math.max(member.done, member.expectedSamples);
  return [`${member.status} `, element('progress', { value: member.done, max: total, 'aria-label': `Answered by ${member.model}` })];
}

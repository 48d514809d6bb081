// What is known of a sample besides its texts: the prompt, the parameters, what answers took, what judges said.

import { count, element, isKnown, table } from '../dom.js';
import { callsText, laidOut, whole } from './marked.js';

/** The turns as they were sent. */
export function promptOf({ prompt, promptMissing }) {
  if (!prompt) return element('p', { class: 'soft' }, promptMissing ?? 'The prompt is not known any more.');
  return element('div', { class: 'turns' },
    prompt.messages.map((message) => element('article', { class: 'turn' },
      element('h3', { class: 'small soft' }, message.role, message.name ? ` (${message.name})` : null, message.toolCallId ? `, result of ${message.toolCallId}` : null),
      message.content ? whole(message.content) : null,
      message.images?.length ? element('ul', {}, message.images.map((image) => element('li', { class: 'small' }, `Image: ${image}`))) : null,
      message.toolCalls?.length ? whole(callsText(message.toolCalls), 'text-box code') : null)),
    prompt.scoredTexts ? prompt.scoredTexts.map((text) => element('article', { class: 'turn' }, element('h3', { class: 'small soft' }, 'text whose probability is asked'), whole(text))) : null,
    prompt.tools ? element('details', {}, element('summary', { class: 'small' }, 'Tools that are offered'), whole(JSON.stringify(prompt.tools, null, 2), 'text-box code')) : null);
}

const PARAMETERS = [['maxOutputTokens', 'Maximum of answer tokens'], ['temperature', 'Temperature'], ['topP', 'Top p'], ['seed', 'Seed'], ['stop', 'Stop texts'], ['stream', 'Streamed'], ['logProbabilities', 'Log probabilities'], ['reasoningEffort', 'Reasoning effort'], ['reasoningSummary', 'Reasoning summary'], ['verbosity', 'Verbosity'], ['responseFormat', 'Response format'], ['toolChoice', 'Tool choice']];

/** What was sent besides the prompt. */
export function parametersOf({ parameters }) {
  if (!parameters) return element('p', { class: 'soft' }, 'The parameters are not known any more.');
  const model = ({ name, provider, deployment }) => [name, provider ? ` (${provider}${deployment && deployment !== name ? `, ${deployment}` : ''})` : ' (not configured any more)'];
  const rows = [['Candidate', model(parameters.candidate)], parameters.baseline ? ['Baseline', model(parameters.baseline)] : null,
    ...PARAMETERS.filter(([name]) => isKnown(parameters[name]) && parameters[name] !== false && parameters[name] !== 0).map(([name, title]) => [title, typeof parameters[name] === 'object' ? whole(JSON.stringify(parameters[name], null, 2), 'text-box code') : parameters[name] === true ? 'yes' : String(parameters[name])])].filter(Boolean);
  if (parameters.temperature === 0) rows.push(['Temperature', '0']);
  return element('dl', {}, rows.map(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]));
}

/** What each answer took and who gave it. */
export function answerFacts(sample, { candidate, baseline, outcome }) {
  const milliseconds = (value) => (isKnown(value) ? `${Math.round(value).toLocaleString('en')} ms` : null);
  const rows = [
    ['Outcome', (answer) => outcome(answer.outcome)],
    ['Reason', (answer) => answer.reason],
    ['Finish reason', (answer) => answer.finishReason],
    ['Tokens of the prompt', (answer) => count(answer.inputTokens)],
    ['… from the endpoint’s cache', (answer) => (isKnown(answer.cachedInputTokens) ? count(answer.cachedInputTokens) : null)],
    ['Tokens of the answer', (answer) => count(answer.outputTokens)],
    ['… for reasoning', (answer) => (isKnown(answer.reasoningTokens) ? count(answer.reasoningTokens) : null)],
    ['Latency', (answer) => milliseconds(answer.response?.latencyMs)],
    ['Time to first token', (answer) => milliseconds(answer.timeToFirstTokenMs)],
    ['Tokens a second after it', (answer) => (isKnown(answer.tokensPerSecond) ? answer.tokensPerSecond.toFixed(1) : null)],
    ['Cost', (answer) => (isKnown(answer.response?.cost) ? String(answer.response.cost) : null)],
    ['Log probability of the reference', (answer) => (isKnown(answer.logProbability) ? `${answer.logProbability.toPrecision(4)} over ${count(answer.logProbabilityTokens)} tokens, ${(100 * Math.exp(answer.logProbability / Math.max(1, answer.logProbabilityTokens))).toPrecision(3)} % a token` : null)],
    ['Read leniently', (answer) => answer.lenientPrediction],
    ['Model that answered', (answer) => answer.model],
    ['Other deployment', (answer) => answer.otherDeployment],
    ['System fingerprint', (answer) => answer.systemFingerprint],
    ['Route', (answer) => answer.route],
    ['Not taken by the endpoint', (answer) => answer.leftOut?.join(', ')],
  ];
  const models = [[candidate, sample.candidate], baseline ? [baseline, sample.baseline] : null].filter((one) => one?.[1]);
  return table('What the answers took', [
    { title: 'Fact', isHeader: true, of: ([name]) => name },
    ...models.map(([model, answer]) => ({ title: model, className: 'text', of: ([, of]) => of(answer) ?? '–' })),
  ], rows.filter(([, of]) => models.some(([, answer]) => isKnown(of(answer)))));
}

/** What judges and other graders said of each answer. */
export function gradesOf(sample, { candidate, baseline }) {
  const answers = [[candidate, sample.candidate], [baseline, sample.baseline]].filter(([, answer]) => answer?.grades);
  if (answers.length === 0) return null;
  const cards = answers.flatMap(([model, answer]) => Object.entries(answer.grades).map(([name, grade]) => element('article', { class: 'card' },
    element('h3', {}, element('span', { class: 'code' }, name), ` of ${model}: `, grade.label ?? (isKnown(grade.score) ? Number(grade.score.toPrecision(4)) : grade.outcome === 'graded' ? '–' : 'no grade')),
    grade.reason ? element('p', { class: 'small' }, grade.reason) : null,
    grade.text ? whole(laidOut(grade.text) ?? grade.text) : null,
    grade.reasoning ? element('details', {}, element('summary', { class: 'small' }, 'Reasoning'), whole(grade.reasoning)) : null,
    element('p', { class: 'small soft' }, [grade.model, grade.inputTokens ? `${count(grade.inputTokens)} + ${count(grade.outputTokens)} tokens` : null].filter(Boolean).join(' · ')))));
  return element('section', {}, element('h2', {}, 'Judges and graders'), element('div', { class: 'cards' }, cards));
}

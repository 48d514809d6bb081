// One sample: what was asked, what is right, what each model answered and how it was measured.

import { get, pathOf } from '../api.js';
import { count, element, table, viewOf } from '../dom.js';
import { addressOf } from '../page.js';
import { mark, saysOf } from '../parts/answers.js';
import { bars, choiceRows, labelRows } from '../parts/bars.js';
import { curlOf } from '../parts/curl.js';
import { callsText, laidOut, marked, referenceText, whole } from '../parts/marked.js';
import { contextOf, runHead } from '../parts/run-head.js';
import { filterOf } from '../parts/sample-filters.js';
import { answerFacts, gradesOf, parametersOf, promptOf } from '../parts/sample-facts.js';
import { goToSample, listAddress, rememberSample } from './samples.js';
import { counted } from '../words.js';

export async function sampleView({ runId, key, values, isCurrent }) {
  const filter = filterOf(values);
  const [context, detail] = await Promise.all([contextOf(runId), get(`${pathOf(runId)}/samples/${encodeURIComponent(key)}`, filter)]);
  const { sample } = detail;
  rememberSample(key);
  keys(isCurrent, runId, detail, values);
  return [
    runHead(context, `Sample ${sample.id}`, 'sample', null),
    element('div', { class: 'row wide sample-bar' }, place(runId, detail, values), actions(detail, context)),
    tagsOf(sample, runId),
    notes(detail),
    element('section', {}, element('h2', {}, 'Asked'), whole(sample.input ?? 'The row is no sample.')),
    answersSection(sample, context),
    scoresSection(detail, context),
    probabilities(sample, context),
    gradesOf(sample, context),
    element('section', { class: 'sections' },
      section('Prompt as sent', detail.prompt ? counted(detail.prompt.messages.length, 'turn') : '', promptOf(detail)),
      section('Parameters', '', parametersOf(detail)),
      section('Facts of the answers', 'tokens, latency, finish reason, model', answerFacts(sample, context))),
  ].filter(Boolean);
}

/** Where the sample stands among those that match, and the ways to its neighbours. */
function place(runId, { position, of, previousKey, nextKey }, values) {
  const link = (key, text, hint) => (key ? element('a', { class: 'button', href: addressOf(`${viewOf(runId)}/samples/${encodeURIComponent(key)}`, filterOf(values)), title: `Key ${hint}` }, text) : element('button', { type: 'button', disabled: true }, text));
  return element('div', { class: 'row no-print' },
    element('a', { class: 'button', href: listAddress(runId, values, position) }, '↑ All that match'),
    link(previousKey, '← Previous', 'p or ←'), link(nextKey, 'Next →', 'n or →'),
    element('span', { class: 'soft' }, position ? `${count(position)} of ${count(of)}` : of === undefined ? '' : 'Not among those that match'));
}

function actions(detail, { candidate, baseline }) {
  const copy = (text, of) => element('button', {
    type: 'button',
    onclick: async (event) => {
      const button = event.currentTarget;
      try {
        await navigator.clipboard.writeText(of());
        button.textContent = '✓ Copied';
      } catch {
        button.textContent = 'The browser refuses';
      }
      setTimeout(() => { button.textContent = text; }, 2000);
    },
  }, text);
  const isAsked = detail.prompt?.messages?.length > 0 && detail.parameters;
  return element('div', { class: 'row no-print' },
    copy('Copy link', () => location.href),
    isAsked ? copy(baseline ? `Copy as curl for ${candidate}` : 'Copy as curl', () => curlOf(detail, 'candidate')) : null,
    isAsked && detail.parameters.baseline ? copy(`… for ${baseline}`, () => curlOf(detail, 'baseline')) : null);
}

function tagsOf(sample, runId) {
  const chips = Object.entries(sample.tags ?? {}).map(([name, value]) => element('li', {}, element('a', { class: 'chip', href: addressOf(`${viewOf(runId)}/samples`, new URLSearchParams({ tag: `${name}=${value}` })) }, `${name} `, element('b', {}, value))));
  const facts = [`line ${count(sample.line)}`, sample.turn ? `turn ${sample.turn} of ${sample.turns}` : null, sample.repeat ? `answer ${sample.repeat}` : null, sample.leak && sample.leak !== 'none' ? 'in the training file' : null].filter(Boolean).join(' · ');
  return element('div', { class: 'row' }, element('span', { class: 'soft small' }, facts), chips.length > 0 ? element('ul', { class: 'chips' }, chips) : null);
}

const notes = ({ notes: told }) => (told?.length ? element('ul', { class: 'notes' }, told.map((note) => element('li', {}, element('span', { 'aria-hidden': 'true' }, '⚠ '), note))) : null);

/** Reference and answers beside each other; what an answer has and the text it is held against has not is marked. */
function answersSection(sample, context) {
  const { candidate, baseline } = context;
  const [said, saidBefore] = [textOf(sample.candidate), textOf(sample.baseline)];
  const against = [
    sample.references.length > 0 ? { name: 'the reference', text: referenceText(sample.references[0]).text } : null,
    baseline && sample.baseline ? { name: baseline, text: saidBefore.text } : null,
    { name: 'nothing', text: null },
  ].filter(Boolean);
  const place = element('div', { class: 'answers' });
  const chips = against.map((one) => element('button', { type: 'button', class: 'chip', onclick: () => choose(one) }, one.name));
  const choose = (chosen) => {
    against.forEach((one, index) => chips[index].setAttribute('aria-pressed', String(one === chosen)));
    const ofBaseline = chosen.name === baseline ? said.text : chosen.text;
    place.replaceChildren(...[
      sample.references.length > 0 ? element('article', { class: 'card panel' }, element('h3', {}, sample.references.length > 1 ? 'References' : 'Reference'), sample.references.map((reference) => { const shown = referenceText(reference); return whole(shown.text, shown.isCode ? 'text-box code' : 'text-box'); })) : null,
      answerCard(candidate, sample.candidate, sample.correct?.candidate, said, chosen.text, context),
      baseline ? answerCard(baseline, sample.baseline, sample.correct?.baseline, saidBefore, ofBaseline, context) : null,
    ].filter(Boolean));
  };
  choose(against[0]);
  return element('section', {},
    element('div', { class: 'row wide' }, element('h2', {}, 'Answers'), element('div', { class: 'row no-print' }, element('span', { class: 'soft small' }, 'Mark what differs from'), element('div', { class: 'chips' }, chips))),
    place);
}

function answerCard(model, answer, isRight, said, other, { outcome }) {
  if (!answer) return element('article', { class: 'card' }, element('h3', {}, model), element('p', { class: 'soft' }, 'No answer.'));
  const isRead = answer.prediction !== undefined && answer.prediction !== said.text && laidOut(answer.prediction) !== said.text && !answer.toolCalls?.length;
  return element('article', { class: `card answer ${isRight === true ? 'is-right' : isRight === false ? 'is-wrong' : ''}` },
    element('h3', {}, mark(isRight), model, ' ', answer.outcome === 'scored' ? null : element('span', { class: 'tag' }, outcome(answer.outcome))),
    answer.reason ? element('p', { class: 'small soft' }, answer.reason) : null,
    said.text === '' ? element('p', { class: 'soft' }, 'No text.') : other === null ? whole(said.text, said.isCode ? 'text-box code' : 'text-box') : marked(said.text, other, said.isCode),
    isRead && saysOf(answer) !== said.text ? element('p', { class: 'small' }, 'Read as ', element('b', {}, answer.prediction)) : null,
    answer.reasoning ? element('details', {}, element('summary', { class: 'small' }, 'Reasoning'), whole(answer.reasoning)) : null);
}

/** An answer's text, or its calls, laid out where it is JSON. */
function textOf(answer) {
  const parts = [answer?.text, answer?.toolCalls?.length ? callsText(answer.toolCalls) : null].filter(Boolean);
  const text = parts.length > 0 ? parts.join('\n') : answer?.prediction ?? '';
  const json = laidOut(text);
  return { text: json ?? text, isCode: json !== null || Boolean(answer?.toolCalls?.length) };
}

function scoresSection({ scores }, { candidate, baseline }) {
  if (!scores?.length) return null;
  const better = (score, one, other) => one && other && one.value !== undefined && other.value !== undefined && (score.higherIsBetter ? one.value > other.value : one.value < other.value);
  const cell = (score, one, other) => (one ? [one.text, better(score, one, other) ? element('span', { class: 'pass small' }, ' ▲ better') : null] : '–');
  return element('section', {}, element('h2', {}, 'Scores of this sample'), table('Each metric over this sample alone', [
    { title: 'Metric', isHeader: true, of: (score) => element('span', { class: 'code' }, score.name) },
    { title: candidate, className: 'number', of: (score) => cell(score, score.candidate, score.baseline) },
    ...(baseline ? [{ title: baseline, className: 'number', of: (score) => cell(score, score.baseline, score.candidate) }] : []),
  ], scores));
}

function probabilities(sample, { candidate, baseline }) {
  const answers = baseline ? [sample.candidate, sample.baseline] : [sample.candidate];
  const models = baseline ? [candidate, baseline] : [candidate];
  const parts = [];
  if (answers.some((answer) => answer?.labelProbabilities)) parts.push(bars('Probability of each label', models, labelRows(answers, sample.references)));
  if (answers.some((answer) => answer?.choices?.length)) parts.push(bars('Likelihood of each choice, as its share of all', models, choiceRows(answers)));
  return parts.length === 0 ? null : element('section', {}, element('h2', {}, 'Probabilities'), parts);
}

const section = (title, note, content) => element('details', { class: 'section' }, element('summary', {}, title, ' ', element('span', { class: 'soft small' }, note)), content);

/** n and p, or the arrows, go to the neighbours; u goes up to the list. */
function keys(isCurrent, runId, { position, previousKey, nextKey }, values) {
  const follow = (event) => {
    if (!isCurrent()) return document.removeEventListener('keydown', follow);
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea, dialog, .scroll, .text-box')) return undefined;
    const to = { n: nextKey, ArrowRight: nextKey, p: previousKey, ArrowLeft: previousKey }[event.key];
    if (to) goToSample(runId, to, values);
    else if (event.key === 'u') location.hash = listAddress(runId, values, position);
    return undefined;
  };
  document.addEventListener('keydown', follow);
}

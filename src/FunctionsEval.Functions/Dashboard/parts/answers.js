// What a model answered, short as a list shows it.

import { element } from '../dom.js';

const SHORT = 320;

/** A text's beginning: a list shows no more, the sample's own page has the rest. */
export function beginning(text) {
  const plain = text.replace(/\s+/g, ' ').trim();
  return plain.length <= SHORT ? plain : `${plain.slice(0, SHORT).trimEnd()} …`;
}

/** Right or wrong, with an icon and a word; nothing where it is neither. */
export function mark(isRight) {
  if (isRight === null || isRight === undefined) return null;
  return element('span', { class: `mark ${isRight ? 'pass' : 'fail'}` }, element('span', { 'aria-hidden': 'true' }, isRight ? '✓' : '✗'), element('span', { class: 'unseen' }, isRight ? 'right: ' : 'wrong: '));
}

/** What an answer says: what was read from it, else its text, else its calls. */
export function saysOf(answer) {
  if (!answer) return '';
  if (answer.outcome === 'scored' && answer.prediction !== undefined && answer.prediction !== '') return answer.prediction;
  if (answer.text) return answer.text;
  if (answer.toolCalls?.length) return answer.toolCalls.map((call) => `${call.name}(${call.arguments})`).join('\n');
  return answer.prediction ?? '';
}

/** An answer in a list. */
export function shortAnswer(answer, isRight, outcome) {
  if (!answer) return element('span', { class: 'soft' }, '–');
  const says = saysOf(answer);
  return element('span', { class: 'clamp' },
    mark(isRight),
    answer.outcome === 'scored' ? null : [element('span', { class: 'tag' }, outcome(answer.outcome)), ' '],
    says === '' ? element('span', { class: 'soft' }, answer.reason?.split(':')[0].replaceAll('_', ' ') ?? 'no text') : beginning(says));
}

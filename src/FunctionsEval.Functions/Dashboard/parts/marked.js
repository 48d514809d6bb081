// Texts beside each other, with what differs marked by colour, line and word.

import { element } from '../dom.js';
import { difference, lines, words } from './diff.js';

const FOLDED = 3000;

/** A JSON text, laid out over lines; null for what is no object or list. */
export function laidOut(text) {
  const start = text.trimStart()[0];
  if (start !== '{' && start !== '[') return null;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

/** Calls of tools as a text, their arguments laid out. */
export const callsText = (calls) => calls.map((call) => `${call.name}(${laidOut(call.arguments) ?? call.arguments})`).join('\n');

/** A reference as people read it: calls of tools as calls, other JSON laid out. */
export function referenceText(reference) {
  const json = laidOut(reference);
  if (json === null) return { text: reference, isCode: false };
  const calls = JSON.parse(reference);
  const areCalls = Array.isArray(calls) && calls.length > 0 && calls.every((call) => typeof call?.name === 'string' && 'arguments' in call);
  return { text: areCalls ? callsText(calls.map((call) => ({ name: call.name, arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments) }))) : json, isCode: true };
}

/** A text as it stands; a long one is folded. */
export function whole(text, className = 'text-box') {
  return folded(element('div', { class: className }, text), text.length);
}

/** A text with what is not in the other marked; the text alone where they differ in too much. */
export function marked(text, other, isCode) {
  const pieces = text === other ? null : difference(other, text, isCode ? lines : words);
  const content = pieces === null ? text : pieces.filter((piece) => piece.kind !== 'removed').map((piece) => (piece.kind === 'same' ? piece.text : element('ins', {}, piece.text)));
  return folded(element('div', { class: isCode ? 'text-box code' : 'text-box' }, content), text.length);
}

function folded(box, length) {
  if (length <= FOLDED) return box;
  box.classList.add('folded');
  const more = element('button', { type: 'button', class: 'quiet', onclick: () => { more.remove(); box.classList.remove('folded'); } }, `Show all ${length.toLocaleString('en')} characters`);
  return [box, more];
}

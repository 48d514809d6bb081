// The verdict of a run, why, and what its reader has to know.

import { element } from '../dom.js';
import { badge, counted, iconOf } from '../words.js';

const ORDER = { fail: 0, inconclusive: 1, pass: 2 };

/** Verdict, title and reasons: what fails comes first. */
export function verdictSection({ verdict, title, reasons, warnings }) {
  if (!verdict && !title && !reasons?.length && !warnings?.length) return null;
  const sorted = (reasons ?? []).toSorted((a, b) => ORDER[a.result] - ORDER[b.result]);
  return element('section', { class: 'verdict-card', 'aria-label': 'Verdict' },
    verdict || title ? element('div', { class: 'row' }, verdict ? badge(verdict, true) : null, title ? element('span', { class: 'verdict-title' }, title) : null) : null,
    sorted.length === 0 ? null : element('ul', { class: 'reasons' }, sorted.map((reason) => element('li', {},
      element('span', { class: `icon ${reason.result}`, 'aria-hidden': 'true' }, iconOf(reason.result)),
      element('span', {}, element('span', { class: 'unseen' }, `${reason.result}: `), reason.reason)))),
    warnings?.length ? warningsOf(warnings) : null);
}

function warningsOf(warnings) {
  const items = element('ul', { class: 'reasons warnings' }, warnings.map((warning) => element('li', {}, element('span', { class: 'icon inconclusive', 'aria-hidden': 'true' }, '⚠'), element('span', {}, warning))));
  if (warnings.length <= 2) return items;
  return element('details', {}, element('summary', {}, element('span', { class: 'inconclusive', 'aria-hidden': 'true' }, '⚠ '), counted(warnings.length, 'warning')), items);
}

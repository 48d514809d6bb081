// The ways into a run's samples: by what became of them, and by a text.

import { count, element, viewOf } from '../dom.js';
import { go } from '../page.js';
import { samplesAddress } from './links.js';

/** Links to the samples that one wants to see first, and a field that searches in them. */
export function samplesSection(overview) {
  const { runId } = overview;
  const flips = overview.wrong === undefined ? undefined : overview.flips; // Samples are gained and lost where each is right or wrong.
  const outcome = (name) => overview.outcomes?.find((one) => one.name === name)?.candidate;
  const links = [
    ['Wrong', overview.wrong, { correct: 'false' }],
    ['Lost against the previous run', overview.previous?.lost, { against: overview.previous?.runId, flip: 'lost' }],
    [`Lost against ${overview.models?.baseline}`, flips?.lost, { flip: 'lost' }],
    [`Gained against ${overview.models?.baseline}`, flips?.gained, { flip: 'gained' }],
    ['Unreadable', outcome('unparsable'), { outcome: 'unparsable', role: 'candidate' }],
    ['All', overview.samples, {}],
  ].filter(([name, number]) => number !== undefined && number !== null && (number > 0 || name === 'Unreadable'));
  return element('section', { class: 'card row' },
    element('h2', {}, 'Samples'),
    element('ul', { class: 'chips' }, links.map(([name, number, filter]) => element('li', {}, element('a', { class: 'chip', href: samplesAddress(runId, filter) }, name, ' ', element('b', {}, count(number)))))),
    element('form', {
      class: 'search', role: 'search',
      onsubmit: (event) => {
        event.preventDefault();
        const text = new FormData(event.target).get('text').trim();
        go(`${viewOf(runId)}/samples`, new URLSearchParams(text === '' ? {} : { text }));
      },
    }, element('input', { name: 'text', type: 'search', placeholder: 'Search in inputs and answers', 'aria-label': 'Search in inputs and answers', autocomplete: 'off' })));
}

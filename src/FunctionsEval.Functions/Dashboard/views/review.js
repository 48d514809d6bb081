// A person grades samples without seeing which model answered; then what people say is held against judges, references and each other.

import { blob, get, pathOf, post, remove } from '../api.js';
import { count, element, viewOf } from '../dom.js';
import { remember, save, tell } from '../page.js';
import { callsText, laidOut, referenceText, whole } from '../parts/marked.js';
import { candidatesOf, contextOf, runHead } from '../parts/run-head.js';
import { filterOf, setFilters } from '../parts/sample-filters.js';
import { agreementContent } from '../parts/agreement.js';

const PAGE = 20;
const STORED_NAME = 'functionseval.reviewer';

/** What one may say: the word that is sent, what stands on the button, the keys. */
const CHOICES = {
  pairs: [['first', '1 is better', ['1', 'ArrowLeft']], ['tie', 'Neither is better', ['3', 't']], ['second', '2 is better', ['2', 'ArrowRight']], ['skip', 'Skip', ['s']]],
  answers: [['right', 'Right', ['1', 'ArrowLeft']], ['wrong', 'Wrong', ['2', 'ArrowRight']], ['skip', 'Skip', ['s']]],
};

export async function reviewView({ runId, values, isCurrent }) {
  const context = await contextOf(runId);
  if (context.run.candidates) return candidatesOf(context, 'Review', 'review');
  const kind = values.get('kind') ?? (context.baseline ? 'pairs' : 'answers');
  const choose = values.get('choose') ?? 'random';
  const place = element('div');
  const results = element('details', { class: 'section' }, element('summary', {}, 'What people say so far ', element('span', { class: 'soft small' }, 'agreement, win rate, download')));
  results.addEventListener('toggle', () => { if (results.open) fillResults(results, runId, context); });
  const begin = () => new Session({ runId, reviewer: sessionStorage.getItem(STORED_NAME), kind, choose, filter: filterOf(values), place, isCurrent }).start();
  const name = sessionStorage.getItem(STORED_NAME);
  if (name && values.get('kind')) await begin();
  else place.append(beginForm(context, values, { kind, choose }, runId));
  return [runHead(context, 'Review', 'review'), place, results];
}

/** Who grades what, chosen how. */
function beginForm(context, values, { kind, choose }, runId) {
  const radio = (name, value, text, isChecked) => element('label', { class: 'row' }, element('input', { type: 'radio', name, value, checked: isChecked }), text);
  const filters = setFilters(values, context, () => {});
  return element('form', {
    class: 'card review-begin',
    onsubmit: (event) => {
      event.preventDefault();
      const fields = new FormData(event.target);
      values.set('kind', fields.get('kind'));
      values.set('choose', fields.get('choose'));
      remember(`${viewOf(runId)}/review`, values);
      sessionStorage.setItem(STORED_NAME, fields.get('reviewer').trim());
      window.dispatchEvent(new HashChangeEvent('hashchange'));
    },
  },
    element('p', {}, 'Grade samples without seeing which model answered. The grades are kept with the run, and calibrate its judges.'),
    element('label', { class: 'field' }, 'Your name', element('input', { name: 'reviewer', required: true, maxlength: 100, autocomplete: 'nickname', value: sessionStorage.getItem(STORED_NAME) ?? '' })),
    element('fieldset', {}, element('legend', {}, 'What'),
      context.baseline ? radio('kind', 'pairs', 'Which of two answers is better', kind === 'pairs') : null,
      radio('kind', 'answers', 'Whether an answer is right', kind === 'answers')),
    element('fieldset', {}, element('legend', {}, 'Which samples'),
      radio('choose', 'random', 'At random', choose !== 'disputed'),
      radio('choose', 'disputed', 'Where judges, references or models disagree', choose === 'disputed')),
    filters ? element('div', {}, element('p', { class: 'soft small' }, 'Only samples that match'), filters) : null,
    element('button', { type: 'submit' }, 'Begin'));
}

/** A reviewer's way through the items. */
class Session {
  constructor(parts) {
    Object.assign(this, parts);
    this.path = `${pathOf(this.runId)}/reviews`;
    this.items = [];
    this.given = []; // What was graded here, for undo.
    this.busy = false;
  }

  async start() {
    const follow = (event) => {
      if (!this.isCurrent()) return document.removeEventListener('keydown', follow);
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea, dialog')) return undefined;
      const choice = CHOICES[this.kind].find(([, , keys]) => keys.includes(event.key));
      if (choice) this.grade(choice[0]);
      else if (event.key === 'u' || event.key === 'Backspace') this.undo();
      else return undefined;
      return event.preventDefault();
    };
    document.addEventListener('keydown', follow);
    await this.fetch();
    this.draw();
  }

  async fetch() {
    const query = new URLSearchParams([...this.filter, ['reviewer', this.reviewer], ['kind', this.kind], ['choose', this.choose], ['size', PAGE]]);
    const page = await get(`${this.path}/queue`, query);
    [this.items, this.matching, this.done, this.isCut] = [page.items, page.matching, page.done, page.isCut];
  }

  async grade(word) {
    const [item] = this.items;
    if (!item || this.busy) return;
    this.busy = true;
    try {
      const place = this.kind === 'answers' ? item.answers[0].place : undefined;
      await post(this.path, { reviewer: this.reviewer, sample: item.sample, place, grade: word });
      this.given.push({ item, place });
      this.items.shift();
      this.done++;
      if (this.items.length === 0) await this.fetch();
      this.draw();
    } catch (error) {
      tell(error);
    } finally {
      this.busy = false;
    }
  }

  async undo() {
    const last = this.given.at(-1);
    if (!last || this.busy) return;
    this.busy = true;
    try {
      await remove(this.path, new URLSearchParams([['reviewer', this.reviewer], ['sample', last.item.sample], ...(last.place ? [['place', last.place]] : [])]));
      this.given.pop();
      this.items.unshift(last.item);
      this.done--;
      this.draw();
    } catch (error) {
      tell(error);
    } finally {
      this.busy = false;
    }
  }

  draw() {
    if (!this.isCurrent()) return;
    const [item] = this.items;
    const undo = element('button', { type: 'button', disabled: this.given.length === 0, onclick: () => this.undo() }, 'Undo ', element('kbd', {}, 'u'));
    const progress = element('div', { class: 'row wide review-progress' },
      element('p', { role: 'status' }, element('progress', { value: this.done, max: Math.max(1, this.matching), 'aria-label': 'Graded' }), ` ${count(this.done)} of ${count(this.matching)} graded by ${this.reviewer}${this.isCut ? ' (the first 200,000 samples are looked at)' : ''}`),
      undo);
    if (!item) {
      this.place.replaceChildren(progress, element('p', {}, this.matching === 0 ? 'No sample matches: two answers must be there and differ, or nothing is disputed.' : '✓ Everything that matches is graded.'));
      return;
    }

    const buttons = CHOICES[this.kind].map(([word, text, keys]) => element('button', { type: 'button', class: word === 'skip' ? '' : 'grade', onclick: () => this.grade(word) }, text, ' ', element('kbd', {}, keyName(keys[0]))));
    this.place.replaceChildren(
      progress,
      element('section', { class: 'stack' },
        element('div', {}, element('h2', {}, 'Asked'), whole(item.input ?? '')),
        item.references.length > 0 ? element('details', { open: true }, element('summary', {}, 'Reference'), item.references.map((reference) => whole(referenceText(reference).text))) : null,
        element('div', { class: 'answers' }, item.answers.map((answer) => element('article', { class: 'card' }, element('h3', {}, this.kind === 'pairs' ? `Answer ${answer.place}` : 'Answer'), this.textOf(answer))))),
      element('div', { class: 'row grades no-print' }, buttons));
  }

  textOf({ text, toolCalls }) {
    const parts = [text === undefined ? null : whole(laidOut(text) ?? text), toolCalls ? whole(callsText(toolCalls), 'text-box code') : null].filter(Boolean);
    return parts.length > 0 ? parts : element('p', { class: 'soft' }, 'No text.');
  }
}

const keyName = (key) => ({ ArrowLeft: '←', ArrowRight: '→' }[key] ?? key);

async function fillResults(details, runId, context) {
  const path = `${pathOf(runId)}/reviews`;
  details.querySelector('.results')?.remove();
  const place = element('div', { class: 'results' }, '…');
  details.append(place);
  try {
    const summary = await get(path);
    const download = (format) => element('button', { type: 'button', onclick: () => save(() => blob(path, new URLSearchParams({ format })), `${runId}-reviews.${format}`) }, format);
    place.replaceChildren(...agreementContent(summary, context), element('p', { class: 'row no-print' }, element('span', { class: 'soft small' }, 'Download the grades'), download('csv'), download('jsonl')));
  } catch (error) {
    place.remove();
    tell(error);
  }
}

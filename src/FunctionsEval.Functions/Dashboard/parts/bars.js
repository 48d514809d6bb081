// Probabilities as bars: a row a label, a bar a model.

import { element, percentText } from '../dom.js';

const SHOWN = 12;

/** Rows are { name, isRight, values: [probability of each model] }; models are their names. */
export function bars(caption, models, rows) {
  const shown = rows.slice(0, SHOWN);
  const bar = (value, index) => {
    const fill = element('span', { class: `bar-fill series-${index}` });
    fill.style.inlineSize = `${100 * Math.min(1, Math.max(0, value ?? 0))}%`;
    return element('span', { class: 'bar' }, element('span', { class: 'bar-track' }, fill), element('span', { class: 'small nowrap' }, value === undefined || value === null ? '–' : percent(value)));
  };
  return element('table', { class: 'bars' },
    element('caption', {}, caption, rows.length > SHOWN ? `, the first ${SHOWN} of ${rows.length}` : ''),
    element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'Label'), models.map((model) => element('th', { scope: 'col' }, model)))),
    element('tbody', {}, shown.map((row) => element('tr', {}, element('th', { scope: 'row' }, row.isRight ? element('span', { class: 'pass' }, '✓ ', element('span', { class: 'unseen' }, 'right: ')) : null, row.name), row.values.map((value, index) => element('td', {}, bar(value, index)))))));
}

/** A probability: the nearer it is to 0 or 1, the more digits. */
function percent(value) {
  if (value > 0 && value < 0.00001) return '< 0.001 %';
  if (value < 1 && value > 0.99999) return '> 99.999 %';
  return percentText(value, (value > 0.9995 && value < 1) || (value > 0 && value < 0.0005) ? 3 : 1);
}

/** The probabilities of labels, the likeliest of the first model first. */
export function labelRows(answers, references) {
  const names = [...new Set(answers.flatMap((answer) => Object.keys(answer?.labelProbabilities ?? {})))];
  const of = (answer, name) => answer?.labelProbabilities?.[name] ?? (answer?.labelProbabilities ? 0 : undefined);
  return names.map((name) => ({ name, isRight: references.includes(name), values: answers.map((answer) => of(answer, name)) })).sort((a, b) => Math.max(...b.values.map((value) => value ?? 0)) - Math.max(...a.values.map((value) => value ?? 0)));
}

/** The choices of a question, each with its share of the likelihood. */
export function choiceRows(answers) {
  const [first] = answers.filter((answer) => answer?.choices?.length);
  const shares = answers.map((answer) => {
    if (!answer?.choices?.length) return null;
    const most = Math.max(...answer.choices.map((choice) => choice.logLikelihood));
    const weights = answer.choices.map((choice) => Math.exp(choice.logLikelihood - most));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
  return first.choices.map((choice, index) => ({ name: choice.text, isRight: choice.isGold, values: shares.map((share) => share?.[index]) }));
}

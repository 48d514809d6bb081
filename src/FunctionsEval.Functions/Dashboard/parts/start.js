// How a first run is started, for who has none yet.

import { element } from '../dom.js';

const WAYS = [
  ['Upload a dataset', 'A dataset in the container is evaluated by the evaluation.json beside it.', 'az storage blob upload-batch --account-name ACCOUNT --auth-mode login --destination datasets/my-suite --source ./my-suite'],
  ['Ask the API', 'For a dataset that is already there; the body may hold the spec.', (origin) => `curl -X POST ${origin}/api/evaluations -H "x-functions-key: $KEY" -H "content-type: application/json" -d '{"dataset": "my-suite/test.jsonl"}'`],
  ['Run it from the command line', 'Uploads spec and dataset, shows the progress, ends with an exit code for the verdict.', 'dotnet run --project src/FunctionsEval.LocalHost -- run my-suite/test.jsonl'],
];

export function startSection() {
  return element('section', { class: 'card stack', 'aria-label': 'How to start' },
    element('div', {}, element('h2', {}, 'No run yet'), element('p', { class: 'soft' }, 'Three ways to start one:')),
    WAYS.map(([title, text, command]) => way(title, text, typeof command === 'function' ? command(location.origin) : command)));
}

function way(title, text, command) {
  const copy = element('button', {
    type: 'button', 'aria-label': `Copy the command: ${title}`,
    onclick: async () => {
      await navigator.clipboard.writeText(command);
      copy.textContent = 'Copied';
    },
  }, 'Copy');
  return element('div', {}, element('h3', {}, title), element('p', { class: 'soft small' }, text), element('div', { class: 'command' }, element('pre', { tabindex: '0', 'aria-label': `Command: ${title}` }, command), copy));
}

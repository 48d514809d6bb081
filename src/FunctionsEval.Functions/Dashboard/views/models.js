// The configured models, and when what is deployed behind them retires.

import { get } from '../api.js';
import { element, table } from '../dom.js';
import { addressOf } from '../page.js';

const DAY_MILLISECONDS = 86_400_000;
const SOON_DAYS = 90;

const day = (text) => new Date(text).toLocaleDateString(undefined, { dateStyle: 'medium', timeZone: 'UTC' });

const daysLeft = (text) => Math.floor((new Date(text) - Date.now()) / DAY_MILLISECONDS);

function retirement(model) {
  if (!model.retires) return element('span', { class: 'soft' }, model.notKnown ?? '–');
  const left = daysLeft(model.retires);
  return [
    left < SOON_DAYS ? element('span', { class: left < 0 ? 'fail' : 'inconclusive', 'aria-hidden': 'true' }, left < 0 ? '✗ ' : '⚠ ') : null,
    element('time', { datetime: model.retires }, day(model.retires)),
    left < 0 ? ', has retired' : `, in ${left} ${left === 1 ? 'day' : 'days'}`,
    model.retirementStatus ? ` (${model.retirementStatus.toLowerCase()})` : null,
  ];
}

export async function modelsView() {
  const { models } = await get('/api/models', new URLSearchParams());
  return [
    element('h1', {}, 'Models'),
    element('p', { class: 'soft' }, 'The models in the app settings. A name leads to the runs of the model. Retirement dates are read from Azure Resource Manager.'),
    models.length === 0 ? element('p', {}, 'No model is configured: add the settings Models__{name}__….') : table('Models', [
      { title: 'Name', isHeader: true, of: (model) => element('a', { href: addressOf('', new URLSearchParams({ model: model.name })) }, model.name) },
      { title: 'Deployment', of: (model) => model.deployment },
      { title: 'Model', of: (model) => [model.model, model.version].filter(Boolean).join(' ') || '–' },
      { title: 'SKU', of: (model) => model.sku ?? '–' },
      { title: 'Provider', of: (model) => `${model.provider}, ${model.host}` },
      { title: 'Retires', of: retirement },
    ], models),
  ];
}

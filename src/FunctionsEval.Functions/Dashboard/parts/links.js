// Where numbers lead to.

import { viewOf } from '../dom.js';
import { addressOf } from '../page.js';

/** The samples of a run that a filter names. Of a slice the filter is { tag: 'name=value' }, of a class { label: 'name' }. */
export function samplesAddress(runId, ...filters) {
  const query = new URLSearchParams();
  for (const [name, value] of filters.flatMap((filter) => Object.entries(filter ?? {}))) {
    for (const one of [value].flat()) {
      if (one !== null && one !== undefined) query.append(name, one);
    }
  }

  return addressOf(`${viewOf(runId)}/samples`, query);
}

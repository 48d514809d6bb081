// The views by their address, the part after #. A view reads its filters from there, so that a link shows the same.

import { compareView } from './compare.js';
import { element } from './dom.js';
import { modelsView } from './models.js';
import { follow } from './page.js';
import { runView } from './run.js';
import { runsView } from './runs.js';
import { samplesView } from './samples.js';
import { suiteView, suitesView } from './suites.js';
import { trendsView } from './trends.js';

follow(({ view, id, part, values, isCurrent }) => {
  switch (view) {
    case '': return runsView(values, isCurrent);
    case 'runs': return !id ? runsView(values, isCurrent) : part === 'samples' ? samplesView(id, values) : runView(id, isCurrent);
    case 'suites': return id ? suiteView(id, isCurrent) : suitesView(values);
    case 'compare': return compareView(values);
    case 'models': return modelsView();
    case 'trends': return trendsView(values);
    default: return [element('h1', {}, 'Not found'), element('p', {}, 'There is no such view. ', element('a', { href: '#/' }, 'All runs'))];
  }
});

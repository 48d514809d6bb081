// The views by their address, the part after #. A view reads its filters from there, so that a link shows the same.

import { follow } from './page.js';
import { compareView } from './views/compare.js';
import { confusionView } from './views/confusion.js';
import { curvesView } from './views/curves.js';
import { modelsView } from './views/models.js';
import { reviewView } from './views/review.js';
import { runView } from './views/run.js';
import { runsView } from './views/runs.js';
import { sampleView } from './views/sample.js';
import { samplesView } from './views/samples.js';
import { suiteView, suitesView } from './views/suites.js';
import { trendsView } from './views/trends.js';

/**
 * A line a view: its address, where :name stands for a part that the view gets by that name, and what makes its content of
 * { …parts, values, isCurrent }: the filters of the address, and whether the view is still the one that is shown.
 */
follow([
  ['', runsView],
  ['runs', runsView],
  ['runs/:runId', runView],
  ['runs/:runId/samples', samplesView],
  ['runs/:runId/samples/:key', sampleView],
  ['runs/:runId/confusion', confusionView],
  ['runs/:runId/curves', curvesView],
  ['runs/:runId/review', reviewView],
  ['suites', suitesView],
  ['suites/:suiteRunId', suiteView],
  ['compare', compareView],
  ['models', modelsView],
  ['trends', trendsView],
]);

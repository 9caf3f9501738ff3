import { PipefleetError } from '../../../src/core/errors.js';
import type { Panel } from '../model.js';
import { bargauge } from './bargauge.js';
import { geomap } from './geomap.js';
import type { Draw } from './panel.js';
import { pie } from './pie.js';
import { stat } from './stat.js';
import { stateTimeline, statusHistory } from './states.js';
import { table } from './table.js';
import { timeseries } from './timeseries.js';
import { dashboardList, text } from './words.js';

/** Every type of panel that our dashboards have. */
const PANELS: Readonly<Record<string, Draw>> = {
  bargauge,
  dashlist: dashboardList,
  geomap,
  piechart: pie,
  stat,
  'state-timeline': stateTimeline,
  'status-history': statusHistory,
  table,
  text,
  timeseries,
};

/**
 * What draws a panel.
 *
 * @throws {PipefleetError} when its type is not known here: it is never left out in silence
 */
export function drawOf({ type, title = '' }: Panel): Draw {
  const draw = PANELS[type];
  if (draw === undefined) {
    throw new PipefleetError(
      'config_invalid',
      `The panel "${title}" is of the type "${type}", which the preview cannot draw.`,
    );
  }
  return draw;
}

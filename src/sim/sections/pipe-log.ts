import { LOG_CLASSES } from '../../collectors/pipe-log-script.js';
import type { NodeState } from '../node-state.js';
import type { NodeProfile } from '../profile.js';
import { type Renderer, whole } from './renderer.js';

const FOLDER = '/opt/popcache/logs';
const DAY = 86_400;
/** The software says what it did every half minute. */
const INTERVAL_SECONDS = 30;
/** Bytes a second that it writes for each request a second, and without any. */
const BYTES_A_REQUEST = 110;
const BYTES_A_SECOND = 60;
/** A log that nobody rotates is emptied by hand when it has grown for so long. */
const GROWTH_DAYS = 45;
/** Error output is only written at a start that did not work. */
const ERROR_BYTES = 2_214;

type Counts = Partial<Readonly<Record<(typeof LOG_CLASSES)[number], number>>>;

/** What the script of the collector `pipe-log` prints: sizes, times and counts. The journal is for others to read. */
export const pipeLog: Renderer = (state, profile) => {
  const { seconds, software } = state;
  const isRotated = profile.blemish !== 'growing_log';
  const period = (isRotated ? 1 : GROWTH_DAYS) * DAY;
  const age = (seconds + profile.phase * period) % period;
  const size = age * (BYTES_A_SECOND + BYTES_A_REQUEST * (profile.hits.mean + profile.misses.mean));
  const written = software.endSeconds ?? seconds - (seconds % INTERVAL_SECONDS);
  const output = `${FOLDER}/stdout.log`;
  const errors = `${FOLDER}/stderr.log`;
  return `log ${whole(size)} ${whole(written)} ${output}
log ${ERROR_BYTES} ${whole(software.endSeconds ?? software.lastStartSeconds)} ${errors}
rotated ${isRotated ? 1 : 0} ${output}
rotated ${isRotated ? 1 : 0} ${errors}
lines ${output} ${row(outputCounts(state, profile))}
lines ${errors} ${row(errorCounts(state))}
`;
};

function row(counts: Counts): string {
  return LOG_CLASSES.map((name) => counts[name] ?? 0).join(' ');
}

function outputCounts({ fault, software }: NodeState, { version }: NodeProfile): Counts {
  return {
    origin: Math.min(40, Math.floor(software.window.misses * 0.03)),
    other_warning: 2,
    ...(version === '0.3.1' && { update: 12 }),
    ...(fault === 'unregistered' && { registration: 31, control_plane: 8 }),
    ...(fault === 'port_drift' && { port_in_use: 1 }),
  };
}

function errorCounts({ fault, software }: NodeState): Counts {
  if (fault === 'restart_loop') return { panic: 3, other_error: 3 };
  return software.endSeconds === undefined ? {} : { other_error: 2 };
}

import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { SYSTEM_SLICES } from './pipe-node/control-group.js';
import { readCount, readDecimal, splitLines } from './text.js';

/** Services that set clocks, as distributions name their units, and what they are. */
const DAEMONS = new Map([
  ['chrony', 'chronyd'],
  ['chronyd', 'chronyd'],
  ['systemd-timesyncd', 'systemd-timesyncd'],
  ['ntp', 'ntpd'],
  ['ntpd', 'ntpd'],
  ['ntpsec', 'ntpd'],
  ['openntpd', 'openntpd'],
]);

/** systemd-timesyncd touches the file whenever it has set the clock, and its folder is there as long as it runs. */
const TIMESYNC = '/run/systemd/timesync';

/** Prints `daemon UNIT` (a service has a control group as long as it runs), `timesync MTIME` or `timesync never`, and three lines of `chronyc tracking`; which server it is stays. */
const SCRIPT = `for f in ${[...DAEMONS.keys()].join(' ')}; do
if [ -d ${SYSTEM_SLICES.map((group) => `${group}/$f.service`).join(' ] || [ -d ')} ]; then echo "daemon $f"; fi
done
if [ -e ${TIMESYNC}/synchronized ]; then stat -c 'timesync %Y' ${TIMESYNC}/synchronized 2>/dev/null
elif [ -x ${TIMESYNC} ]; then echo timesync never
fi
if command -v chronyc >/dev/null; then
chronyc -n tracking 2>/dev/null | grep -m 3 -E '^(Stratum|System time|Leap status) ' 2>/dev/null & u $((_n+2)) $!
fi`;

const DAEMON = /^daemon (?<unit>[a-z-]+)$/;
const TIMESYNCD = /^timesync (?<time>\d+|never)$/;
const TRACKING = /^(?<name>Stratum|System time|Leap status) *: (?<value>.*)$/;
const OFFSET = /^(?<seconds>\d+\.\d+) seconds (?<way>slow|fast) of NTP time$/;

const CHRONY = 'chronyc tracking';

/** Whether something keeps the clock right, and how well. */
export const hostClock: Collector = {
  name: 'host-clock',
  module: 'inventory',
  summary: 'What keeps the clock of the node right, as far as systemd-timesyncd or chronyd tell everybody.',
  metrics: {
    pipe_node_time_daemon_info: {
      type: 'gauge',
      help: 'Always 1; the label names a running service that sets the clock.',
      labels: ['name'],
      source: '/sys/fs/cgroup',
    },
    pipe_node_time_synchronized: {
      type: 'gauge',
      help: '1 when the service has set the clock since it was started and, in the case of chronyd, still follows a source, else 0.',
      source: `${TIMESYNC}, ${CHRONY}`,
    },
    pipe_node_time_last_sync_timestamp_seconds: {
      type: 'gauge',
      help: 'Unix time at which systemd-timesyncd last set the clock.',
      source: TIMESYNC,
    },
    pipe_node_time_offset_seconds: {
      type: 'gauge',
      help: 'Seconds by which chronyd takes the clock to be ahead, negative when it is behind; absent without a source.',
      source: CHRONY,
    },
    pipe_node_time_stratum: {
      type: 'gauge',
      help: 'Steps between the node and a clock of reference, as chronyd counts them; absent without a source.',
      source: CHRONY,
    },
  },
  script: () => SCRIPT,
  parse: ({ output }) => readClock(splitLines(output)),
};

function readClock(lines: readonly string[]): Sample[] {
  const samples = new Map<string, Sample>();
  const add = (metric: string, value: number, labels: Readonly<Record<string, string>> = {}): void => {
    samples.set(JSON.stringify([metric, labels]), { metric, labels, value });
  };
  let stratum: number | undefined;
  for (const line of lines) {
    const { unit } = DAEMON.exec(line)?.groups ?? {};
    const daemon = unit === undefined ? undefined : DAEMONS.get(unit);
    const { time } = TIMESYNCD.exec(line)?.groups ?? {};
    const { name, value = '' } = TRACKING.exec(line)?.groups ?? {};
    if (daemon !== undefined) add('pipe_node_time_daemon_info', 1, { name: daemon });
    else if (time !== undefined) {
      add('pipe_node_time_synchronized', time === 'never' ? 0 : 1);
      if (time !== 'never') add('pipe_node_time_last_sync_timestamp_seconds', readCount(time, TIMESYNC));
    } else if (name === 'Stratum') {
      stratum = readCount(value.trim(), CHRONY);
      if (stratum > 0) add('pipe_node_time_stratum', stratum);
    } else if (name === 'Leap status') {
      add('pipe_node_time_synchronized', value.startsWith('Not synchronised') ? 0 : 1);
    } else if (name === 'System time') {
      const { seconds, way } = OFFSET.exec(value.trim())?.groups ?? {};
      const offset = readDecimal(seconds, CHRONY);
      // Without a source, chronyd says 0 of both.
      if (stratum !== 0)
        add('pipe_node_time_offset_seconds', way === 'slow' && offset > 0 ? -offset : offset);
    } else throw new ParseError('The script printed a line that it has no form for.');
  }
  return [...samples.values()];
}

import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { readCount, splitLines } from './text.js';

/** Left by packages that are in use until the next boot, where one of the two programs below is there to leave it. */
const REBOOT = '/run/reboot-required';
const NOTIFIERS = [
  '/usr/share/update-notifier/notify-reboot-required',
  '/etc/kernel/postinst.d/unattended-upgrades',
];
/** The message of the day of Ubuntu, which a timer writes; the same sentences as at a login. */
const AVAILABLE = '/var/lib/update-notifier/updates-available';

const SCRIPT = `x=
for f in ${NOTIFIERS.join(' ')}; do [ ! -e $f ] || x=0; done
[ ! -e ${REBOOT} ] || x=1
[ -z "$x" ] || echo "reboot $x"
if [ -f ${AVAILABLE} ] && [ -r ${AVAILABLE} ]; then
stat -c 'checked %Y' ${AVAILABLE} 2>/dev/null
head -c 4096 ${AVAILABLE}
fi`;

const REBOOT_LINE = /^reboot (?<required>[01])$/m;
const CHECKED_LINE = /^checked (?<time>\d+)$/m;
const PENDING =
  /^(?<count>\d+) (?:updates?|packages?) can be (?:applied immediately|installed immediately|updated)\.?$/m;
const SECURITY =
  /^(?<count>\d+) (?:of these )?updates? (?:is|are) (?:a )?(?:standard )?security updates?\.?$/m;

/** Updates that the system knows of, without asking anybody. */
export const hostUpdates: Collector = {
  name: 'host-updates',
  module: 'inventory',
  summary:
    'Updates of the system, as far as it has written down that it waits for them: on Ubuntu with update-notifier, and a reboot also ' +
    'on Debian with unattended-upgrades. Others would have to ask their package manager, which costs seconds, and are absent.',
  metrics: {
    node_reboot_required: {
      type: 'gauge',
      help: '1 when an installed update takes effect with the next boot only, else 0.',
      source: REBOOT,
    },
    pipe_node_updates_pending: {
      type: 'gauge',
      help: 'Packages that can be updated.',
      source: AVAILABLE,
    },
    pipe_node_security_updates_pending: {
      type: 'gauge',
      help: 'Packages that can be updated for the sake of security.',
      source: AVAILABLE,
    },
    pipe_node_updates_checked_timestamp_seconds: {
      type: 'gauge',
      help: 'Unix time at which the system last wrote down which updates there are.',
      source: 'stat',
    },
  },
  script: () => SCRIPT,
  parse: ({ output }) => {
    if (splitLines(output).length === 0) return [];
    const samples: Sample[] = [];
    const add = (metric: string, form: RegExp, group: string): number | undefined => {
      const word = form.exec(output)?.groups?.[group];
      if (word === undefined) return undefined;
      const value = readCount(word, metric);
      samples.push({ metric, labels: {}, value });
      return value;
    };
    const reboot = add('node_reboot_required', REBOOT_LINE, 'required');
    const checked = add('pipe_node_updates_checked_timestamp_seconds', CHECKED_LINE, 'time');
    if (reboot === undefined && checked === undefined) {
      throw new ParseError('The script printed lines that it has no form for.');
    }
    const pending = add('pipe_node_updates_pending', PENDING, 'count');
    const security = add('pipe_node_security_updates_pending', SECURITY, 'count');
    // Newer systems leave the second sentence out when there is nothing to say.
    if (pending === 0 && security === undefined) {
      samples.push({ metric: 'pipe_node_security_updates_pending', labels: {}, value: 0 });
    }
    return samples;
  },
};

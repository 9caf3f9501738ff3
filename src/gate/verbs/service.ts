import { installations } from '../../collectors/pipe-node/installations.js';
import { DEFAULT_SOFTWARE } from '../../core/software.js';
import type { Verb } from '../verb.js';

const ACTIONS = ['start', 'stop', 'restart'];

/** Where systemd has it on every system that has merged /usr, as Debian 12 and Ubuntu 20.04 have. */
const SYSTEMCTL = '/usr/bin/systemctl';

/** Starts, stops and restarts the node software, by the units under which it runs. */
export const service: Verb = {
  name: 'service',
  purposes: ['operate'],
  summary: 'Start, stop or restart a unit of the node software.',
  args: [
    { name: ACTIONS.join('|'), words: () => ACTIONS, otherwise: 'a service can start, stop and restart' },
    {
      name: 'UNIT',
      characters: 'A-Za-z0-9@._-',
      length: [1, 128],
      otherwise: 'that is no name of a unit',
    },
  ],
  script: () => `if [ "$verb" = service ]; then
action=$1 unit=$2
set +f
unset IFS
# Sets N, the units of the node software on this machine.
${installations.script(DEFAULT_SOFTWARE)}
case "$N " in
*" $unit "*) exec sudo -n ${SYSTEMCTL} "$action" "$unit" ;;
*) refuse 'this machine has no unit of the node software of that name' ;;
esac
fi
`,
  sudo: (units) => units.flatMap((unit) => ACTIONS.map((action) => `${SYSTEMCTL} ${action} ${unit}`)),
};

import { type Renderer, whole } from './renderer.js';

/** The unit that a simulated node has, and the ones that pipefleet asks for in vain. */
const UNIT = 'popcache.service';
const OTHERS = ['pop', 'popd', 'pipe', 'pipe-pop', 'pipe-node', 'dcdnd'].map((name) => `${name}.service`);

/** What systemd says while a unit waits for its next start, is gone for good, or runs. */
const STATES = { active: 'active', failed: 'failed', 'auto-restart': 'activating' } as const;

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** `systemctl show` for the units of the node software, in the order in which systemd prints properties. */
export const systemd: Renderer = ({ software }) => {
  const running = software.startSeconds !== undefined;
  const own = `Type=simple
NRestarts=${software.restarts}
MemoryCurrent=${running ? whole(software.memoryBytes) : '[not set]'}
Id=${UNIT}
LoadState=loaded
ActiveState=${STATES[software.unit]}
ActiveEnterTimestamp=${software.startSeconds === undefined ? '' : timestamp(software.startSeconds)}
`;
  return [own, ...OTHERS.map(missing)].join('\n');
};

function missing(unit: string): string {
  return `NRestarts=0\nMemoryCurrent=[not set]\nId=${unit}\nLoadState=not-found\nActiveState=inactive\nActiveEnterTimestamp=\n`;
}

/** `Sat 2025-11-22 16:40:01 UTC`, as systemd.time(7) has it. */
function timestamp(seconds: number): string {
  const date = new Date(Math.floor(seconds) * 1_000);
  const [day, time] = date.toISOString().slice(0, 19).split('T');
  return `${WEEKDAYS[date.getUTCDay()] ?? ''} ${day ?? ''} ${time ?? ''} UTC`;
}

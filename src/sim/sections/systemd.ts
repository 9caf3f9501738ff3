import { type Renderer, whole } from './renderer.js';
import { softwareThreads } from './tasks.js';

/** What systemd says while a unit waits for its next start, is gone for good, or runs. */
const STATES = { active: 'active', failed: 'failed', 'auto-restart': 'activating' } as const;
/** Exit status of a program that panicked. */
const PANIC = 101;

const NANOSECONDS = 1e9;
const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** `systemctl show` for the one unit of the node software, in the order in which systemd prints properties. */
export const systemd: Renderer = (state, profile) => {
  const { software } = state;
  const runs = software.startSeconds !== undefined;
  const unset = (value: string): string => (runs ? value : '[not set]');
  const started = timestamp(software.lastStartSeconds);
  return `Type=simple
Result=${runs ? 'success' : 'exit-code'}
NRestarts=${software.restarts}
ExecMainStartTimestamp=${started}
ExecMainCode=${runs ? 0 : 1}
ExecMainStatus=${runs ? 0 : PANIC}
MemoryCurrent=${unset(whole(software.memoryBytes))}
CPUUsageNSec=${unset(whole(software.cpuSeconds * NANOSECONDS))}
TasksCurrent=${unset(String(softwareThreads(state, profile)))}
MemoryMax=infinity
LimitNOFILESoft=65535
Id=popcache.service
LoadState=loaded
ActiveState=${STATES[software.unit]}
UnitFileState=enabled
ActiveEnterTimestamp=${started}
`;
};

/** `Sat 2025-11-22 16:40:01 UTC`, as systemd.time(7) has it. */
function timestamp(seconds: number): string {
  const date = new Date(Math.floor(seconds) * 1_000);
  const [day, time] = date.toISOString().slice(0, 19).split('T');
  return `${WEEKDAYS[date.getUTCDay()] ?? ''} ${day ?? ''} ${time ?? ''} UTC`;
}

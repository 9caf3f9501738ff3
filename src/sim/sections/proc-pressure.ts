import type { NodeState } from '../node-state.js';
import type { Files } from './renderer.js';
import { whole } from './renderer.js';

const FOLDER = '/proc/pressure';
const MICROSECONDS = 1e6;
/** Of the time in which some task waits, the share in which none can run. */
const FULL = 0.7;

/** /proc/pressure, see the kernel's Documentation/accounting/psi.rst. The averages are left at rest: nobody reads them. */
export const procPressure: Files = {
  [`${FOLDER}/cpu`]: ({ pressure }: NodeState) => lines(pressure.cpu, 0),
  [`${FOLDER}/io`]: ({ pressure }: NodeState) => lines(pressure.io, pressure.io * FULL),
  [`${FOLDER}/memory`]: ({ pressure }: NodeState) => lines(pressure.memory, pressure.memory * FULL),
  [`${FOLDER}/irq`]: ({ interrupts }: NodeState) => line('full', interrupts * 4e-7),
};

function lines(some: number, full: number): string {
  return line('some', some) + line('full', full);
}

function line(name: string, seconds: number): string {
  return `${name} avg10=0.00 avg60=0.00 avg300=0.00 total=${whole(seconds * MICROSECONDS)}\n`;
}

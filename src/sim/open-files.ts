import { readFile } from 'node:fs/promises';

/** A listening socket and a connection for each node, and what a process has open anyway. */
const FILES_A_NODE = 2;
const FILES_BESIDE = 64;

/** Files that a process with so many simulated nodes has open, each with one client. */
export function filesFor(nodes: number): number {
  return FILES_A_NODE * nodes + FILES_BESIDE;
}

/** Files that a process may open once it has raised its own limit, as Node.js does; undefined where the system does not say. */
export async function openFilesLimit(): Promise<number | undefined> {
  const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const hard = /^Max open files\s+\S+\s+(?<hard>\d+)/m.exec(limits)?.groups?.['hard'];
  return hard === undefined ? undefined : Number(hard);
}

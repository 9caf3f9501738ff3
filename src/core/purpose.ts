/**
 * What a key may be used for. Each purpose has a key of its own, and on a node a line of its own in authorized_keys whose forced
 * command lets it run the verbs of that purpose alone: who steals one key has not got the others.
 */
export const PURPOSES = {
  monitor: 'Read what the exporter reads, and nothing else.',
  operate: 'Start, stop and restart the node software.',
  update: 'Replace the node software.',
  backup: 'Read what a backup of the node needs.',
} as const satisfies Record<string, string>;

export type Purpose = keyof typeof PURPOSES;

/** Every purpose, in the order of the table. */
export const purposes = Object.keys(PURPOSES) as readonly Purpose[];

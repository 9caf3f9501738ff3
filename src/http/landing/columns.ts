/** The figures of a row, each in a column of its own. */
export const FIGURE_KEYS = [
  'age',
  'duration',
  'load',
  'memory',
  'filesystem',
  'cache',
  'http',
  'registered',
  'uptime',
] as const;

export type FigureKey = (typeof FIGURE_KEYS)[number];

export interface Column {
  readonly key: 'name' | 'group' | 'region' | 'state' | FigureKey;
  /** Heading, and label of the value on a narrow screen. */
  readonly label: string;
  /** What it means, for the heading's tooltip. */
  readonly title: string;
  /** The direction that puts what matters on top: the first one that the heading sorts by. */
  readonly first: 'ascending' | 'descending';
}

/** The columns of the fleet table, in order. */
export const COLUMNS: readonly Column[] = [
  { key: 'name', label: 'Node', title: 'Name in the inventory; opens a fresh probe', first: 'ascending' },
  { key: 'group', label: 'Group', title: 'Groups of the inventory', first: 'ascending' },
  { key: 'region', label: 'Region', title: 'Label “region” of the inventory', first: 'ascending' },
  { key: 'state', label: 'State', title: 'What became of the last probe', first: 'ascending' },
  { key: 'age', label: 'Probed', title: 'How long ago the last probe began', first: 'descending' },
  { key: 'duration', label: 'Took', title: 'How long the last probe took', first: 'descending' },
  { key: 'load', label: 'Load', title: 'Load average of one minute, per CPU', first: 'descending' },
  { key: 'memory', label: 'Memory', title: 'Memory that is not available, of all', first: 'descending' },
  { key: 'filesystem', label: 'Disk', title: 'Used space of the fullest filesystem', first: 'descending' },
  {
    key: 'cache',
    label: 'Cache hits',
    title: 'Hits of all lookups in the disk cache, since the node software started',
    first: 'ascending',
  },
  { key: 'http', label: 'HTTP', title: 'Whether the node software answers HTTP', first: 'ascending' },
  {
    key: 'registered',
    label: 'Registered',
    title: 'Whether the node software says that it is registered',
    first: 'ascending',
  },
  { key: 'uptime', label: 'Uptime', title: 'Time since the host was booted', first: 'ascending' },
];

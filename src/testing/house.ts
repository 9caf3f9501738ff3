/** What each folder of src may import of ours; docs/architecture.md shows the same. A folder that is not named may not exist. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  config: ['core'],
  bundle: ['config', 'core'],
  inventory: ['config', 'core'],
  ssh: ['inventory', 'core'],
  collectors: ['core'],
  gate: ['collectors', 'core'],
  scrape: ['gate', 'collectors', 'inventory', 'core'],
  metrics: ['scrape', 'collectors', 'core', 'inventory'],
  http: ['metrics', 'scrape', 'inventory', 'core', 'collectors'],
  ops: ['gate', 'collectors', 'ssh', 'inventory', 'config', 'core'],
  cli: ['bundle', 'ops', 'inventory', 'config', 'core', 'scrape'],
  sim: ['core', 'collectors', 'ssh'],
  stack: ['core'],
  bin: [
    'bundle',
    'cli',
    'collectors',
    'config',
    'core',
    'gate',
    'http',
    'inventory',
    'metrics',
    'ops',
    'scrape',
    'sim',
    'ssh',
    'stack',
  ],
};

/** The one folder, or the few, that may import a package: replacing it touches nothing else. */
export const HOME_OF: Readonly<Record<string, readonly string[]>> = {
  ssh2: ['ssh', 'sim'],
  'prom-client': ['metrics'],
  bcryptjs: ['http'],
  express: ['http'],
  diff: ['config'],
  yaml: ['bundle', 'config', 'stack'],
  zod: ['bundle', 'config'],
  '@grafana/grafana-foundation-sdk': ['bundle'],
  'csv-parse': ['inventory'],
  pino: ['core'],
  'p-limit': ['bin', 'cli', 'ops', 'scrape', 'ssh', 'sim', 'stack'],
  'dns-packet': ['ops'],
  'ssh-config': ['inventory'],
  '@inquirer/confirm': ['cli'],
  '@inquirer/input': ['cli'],
  '@inquirer/password': ['cli'],
  commander: ['bin'],
  'cli-table3': ['cli'],
};

/** The folders that open sockets (or judge addresses) and start processes by themselves: exactly these, sorted. */
export const HOME_OF_SYSTEM: Readonly<Record<string, readonly string[]>> = {
  'node:child_process': ['bin', 'sim', 'ssh', 'stack'],
  'node:net': ['bin', 'config', 'ops', 'sim', 'ssh', 'stack'],
};

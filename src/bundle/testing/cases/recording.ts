import { EXPORTER, INVENTORY, NODE, peer, type RecordCase } from '../rule-case.js';

const TESTNET = `${NODE}, generation="testnet"`;
/** Evaluated a little more often than sampled: VictoriaMetrics shows a rule what another of its group wrote the round before. */
const FIVE_MINUTES = { interval: '5m', every: '4m' } as const;
const EUROPE = 'job="pipe-node", region="europe"';
const ALL = 'job="pipe-node"';

function cpu(mode: string): string {
  return `node_cpu_seconds_total{${NODE}, cpu="0", mode="${mode}"}`;
}

const SERVED = { [`probe_success{${NODE}}`]: '1x2000', [`up{${NODE}}`]: '1x2000' };

/** A day has 24 samples that are an hour apart. */
const HOURLY = { interval: '1h', alone: true } as const;
const HOURS_UP = `instance:pipe_node_hours_up:ratio1d{${NODE}}`;
const ONE_DAY_LOST = { [HOURS_UP]: '1x71 0x23 1x120', [`up{${NODE}}`]: '1x300' };
const HALF_OF_EACH_DAY = { [HOURS_UP]: '0.5x300', [`up{${NODE}}`]: '1x300' };

/** Hosts and the fleet. What is not here is in prometheus/tests. */
const NODE_AND_FLEET: readonly RecordCase[] = [
  {
    record: 'instance:node_cpu_steal:ratio_rate5m',
    when: 'a quarter of the time is taken',
    series: { [cpu('steal')]: '0+7.5x30', [cpu('idle')]: '0+20x30' },
    at: '10m',
    gives: { [NODE]: 0.25 },
  },
  {
    record: 'instance_device:node_disk_io_time_weighted_seconds:rate5m',
    when: 'two requests at a time',
    series: { [`node_disk_io_time_weighted_seconds_total{${NODE}, device="vda"}`]: '0+60x30' },
    at: '10m',
    gives: { [`${NODE}, device="vda"`]: 2 },
  },
  {
    record: 'instance:node_network_speed_bytes:sum',
    when: 'one card is up, one down, one is a bond of them, and one does not know',
    series: {
      [`node_network_speed_bytes{${NODE}, device="eth0"}`]: '125000000x10',
      [`node_network_speed_bytes{${NODE}, device="eth1"}`]: '125000000x10',
      [`node_network_speed_bytes{${NODE}, device="bond0"}`]: '250000000x10',
      [`node_network_speed_bytes{${NODE}, device="eth2"}`]: '-125000x10',
      [`node_network_up{${NODE}, device="eth0"}`]: '1x10',
      [`node_network_up{${NODE}, device="eth1"}`]: '0x10',
      [`node_network_up{${NODE}, device="bond0"}`]: '1x10',
      [`node_network_up{${NODE}, device="eth2"}`]: '1x10',
    },
    at: '4m',
    gives: { [NODE]: 125_000_000 },
  },
  {
    record: 'job:pipe_node_cache_requests:rate5m',
    when: 'two nodes',
    series: {
      [`instance:pipe_node_cache_requests:rate5m{${NODE}}`]: '3x10',
      [`instance:pipe_node_cache_requests:rate5m{${peer('ams-1')}}`]: '4x10',
    },
    at: '4m',
    gives: { [ALL]: 7 },
  },
  {
    record: 'job_peers:probe_success:count',
    when: 'two nodes of a region, and one without',
    series: {
      [`probe_success{${NODE}}`]: '1x10',
      [`probe_success{${peer('ams-1')}}`]: '0x10',
      'probe_success{job="pipe-node", instance="x"}': '1x10',
    },
    at: '4m',
    gives: { [EUROPE]: 2 },
  },
  {
    record: 'job_peers:probe_success:sum',
    when: 'one of two nodes is up',
    series: { [`probe_success{${NODE}}`]: '1x10', [`probe_success{${peer('ams-1')}}`]: '0x10' },
    at: '4m',
    gives: { [EUROPE]: 1 },
  },
  {
    record: 'job_peers:node_network_transmit_bytes:rate5m',
    when: 'two nodes, one of which went away',
    series: {
      [`instance:node_network_transmit_bytes:rate5m{${NODE}}`]: '100x30',
      [`instance:node_network_transmit_bytes:rate5m{${peer('ams-1')}}`]: '50x5 stale',
    },
    at: '10m',
    gives: { [EUROPE]: 100 },
  },
  {
    record: 'job_peers:pipe_node_cache_hits_per_requests:ratio_rate5m',
    when: 'a busy node and one with a few misses: the busy one weighs more',
    series: {
      [`instance:pipe_node_cache_hits:rate5m{${NODE}}`]: '75x10',
      [`instance:pipe_node_cache_requests:rate5m{${NODE}}`]: '99x10',
      [`instance:pipe_node_cache_hits:rate5m{${peer('ams-1')}}`]: '0x10',
      [`instance:pipe_node_cache_requests:rate5m{${peer('ams-1')}}`]: '1x10',
    },
    at: '4m',
    gives: { [EUROPE]: 0.75 },
  },
];

const UPTIME: readonly RecordCase[] = [
  {
    record: 'instance:pipe_node_up:bool',
    when: 'one of two generations answers',
    series: {
      ...SERVED,
      [`pipe_node_http_up{${TESTNET}}`]: '0x2000',
      [`pipe_node_http_up{${NODE}, generation="mainnet"}`]: '1x2000',
    },
    at: '20m',
    gives: { [NODE]: 1 },
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:pipe_node_up:bool',
    when: 'the host answers, the software does not',
    series: { ...SERVED, [`pipe_node_http_up{${TESTNET}}`]: '0x2000' },
    at: '20m',
    gives: { [NODE]: 0 },
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:pipe_node_up:bool',
    when: 'the host does not answer, and so nothing is said of the software',
    series: { [`probe_success{${NODE}}`]: '0x20', [`up{${NODE}}`]: '1x20' },
    at: '20m',
    gives: { [NODE]: 0 },
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:pipe_node_up:avg1h',
    when: 'half of the hour',
    series: { [`probe_success{${NODE}}`]: '1x9 _ 0x5 1x5 0x20', [`up{${NODE}}`]: '1x40' },
    at: '112m',
    gives: { [NODE]: 0.5 },
    round: 0.25,
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:pipe_node_up:max1h',
    when: 'one sign of life in an hour is enough',
    series: { [`probe_success{${NODE}}`]: '0x15 1 0x20', [`up{${NODE}}`]: '1x40' },
    at: '112m',
    gives: { [NODE]: 1 },
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:pipe_node_up:avg1d',
    when: 'always up',
    series: SERVED,
    at: '2d',
    gives: { [NODE]: 1 },
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:pipe_node_hours_up:ratio1d',
    when: 'always up',
    series: SERVED,
    at: '2d',
    gives: { [NODE]: 1 },
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:pipe_node_hours_up:ratio1d',
    when: 'watched for some hours only: not enough to tell',
    series: SERVED,
    at: '12h',
    gives: {},
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:pipe_node_days_up:sum7d',
    when: 'one day of seven was lost',
    series: ONE_DAY_LOST,
    at: '8d1h',
    gives: { [NODE]: 6 },
    ...HOURLY,
  },
  {
    record: 'instance:pipe_node_days_up:sum7d',
    when: 'half of each day is too little: none counts',
    series: HALF_OF_EACH_DAY,
    at: '8d1h',
    gives: { [NODE]: 0 },
    ...HOURLY,
  },
  {
    record: 'instance:pipe_node_days_up:ratio7d',
    when: 'a node of five days, one of which was lost',
    series: { [HOURS_UP]: '_x95 1x47 0x23 1x120', [`up{${NODE}}`]: '1x300' },
    at: '8d1h',
    gives: { [NODE]: 0.8 },
    round: 0.01,
    ...HOURLY,
  },
  {
    record: 'instance:pipe_node_days_up:avg7d',
    when: 'one day of seven was lost: the mean of the others',
    series: {
      ...ONE_DAY_LOST,
      [`instance:pipe_node_up:avg1d{${NODE}}`]: '0.75x71 0x23 0.75x120',
      [`instance:pipe_node_days_up:sum7d{${NODE}}`]: '6x300',
    },
    at: '8d1h',
    gives: { [NODE]: 0.75 },
    ...HOURLY,
  },
  {
    record: 'instance:pipe_node_days_up:avg7d',
    when: 'no day counts: there is no mean of nothing',
    series: {
      ...HALF_OF_EACH_DAY,
      [`instance:pipe_node_up:avg1d{${NODE}}`]: '0.5x300',
      [`instance:pipe_node_days_up:sum7d{${NODE}}`]: '0x300',
    },
    at: '8d1h',
    gives: {},
    ...HOURLY,
  },
  {
    record: 'instance:pipe_node_down_hours:sum30d',
    when: 'six hours were lost',
    series: { [`instance:pipe_node_up:avg1h{${NODE}}`]: '1x23 0x5 1x60', [`up{${NODE}}`]: '1x90' },
    at: '2d',
    gives: { [NODE]: 6 },
    ...HOURLY,
  },
  {
    record: 'instance:pipe_node_up:avg30d',
    when: 'never up',
    series: { [`instance:pipe_node_up:avg1h{${NODE}}`]: '0x90', [`up{${NODE}}`]: '1x90' },
    at: '2d',
    gives: { [NODE]: 0 },
    ...HOURLY,
  },
];

const SENT = 'instance:node_network_transmit_bytes:rate5m';
const HITS = 'instance:pipe_node_cache_hits_per_requests:ratio_rate5m';
const PEERS = ['fra-1', 'fra-2', 'fra-3', 'fra-4', 'fra-5'];

/** 400 samples are 33 hours: the last two hours follow 31 usual ones. */
function fleet(metric: string, usual: string, of: (instance: string) => string): Record<string, string> {
  return Object.fromEntries(
    PEERS.flatMap((instance) => [
      [`${metric}{${peer(instance)}}`, `${usual}x372 ${of(instance)}x30`],
      [`up{${peer(instance)}}`, '1x420'],
    ]),
  );
}

const ONE_DROPS = fleet(SENT, '1000000', (instance) => (instance === 'fra-1' ? '250000' : '1000000'));
const ALL_DROP = fleet(SENT, '1000000', () => '250000');
const ONE_MISSES = fleet(HITS, '0.75', (instance) => (instance === 'fra-1' ? '0.25' : '0.75'));
const ALL_MISS = fleet(HITS, '0.75', () => '0.25');

function each(value: number, first = value): Record<string, number> {
  return Object.fromEntries(PEERS.map((instance) => [peer(instance), instance === 'fra-1' ? first : value]));
}

const BASELINE: readonly RecordCase[] = [
  {
    record: 'instance:node_network_transmit_bytes:median1d',
    when: 'an outage of hours does not move it',
    series: ONE_DROPS,
    at: '33h',
    gives: each(1_000_000),
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:node_network_transmit_bytes:median1d',
    when: 'the first hours of a node are no day',
    series: { [`${SENT}{${NODE}}`]: '1000000x100', [`up{${NODE}}`]: '1x100' },
    at: '8h',
    gives: {},
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:node_network_transmit_bytes_per_day:ratio',
    when: 'one node sends a quarter',
    series: ONE_DROPS,
    at: '33h',
    gives: each(1, 0.25),
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:node_network_transmit_bytes_per_peers:ratio',
    when: 'one node sends a quarter, its peers do not',
    series: ONE_DROPS,
    at: '33h',
    gives: each(1, 0.25),
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:node_network_transmit_bytes_per_peers:ratio',
    when: 'all send a quarter: a lull of the network',
    series: ALL_DROP,
    at: '33h',
    gives: each(1),
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:node_network_transmit_bytes_per_peers:ratio',
    when: 'a region of one is compared with the fleet',
    series: {
      ...ALL_DROP,
      [`${SENT}{${peer('sgp-1', 'asia')}}`]: '400000x420',
      [`up{${peer('sgp-1', 'asia')}}`]: '1x420',
    },
    at: '33h',
    gives: { ...each(1), [peer('sgp-1', 'asia')]: 4 },
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:node_network_transmit_bytes_per_peers:ratio',
    when: 'three nodes have too few peers',
    series: Object.fromEntries(Object.entries(ONE_DROPS).filter(([series]) => !/fra-[45]/.test(series))),
    at: '33h',
    gives: {},
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:node_network_transmit_bytes_per_peers:median1d',
    when: 'all as usual',
    series: fleet(SENT, '1000000', () => '1000000'),
    at: '35h',
    gives: each(1),
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:node_network_transmit_bytes_per_peers:mad1d',
    when: 'nothing ever changes',
    series: fleet(SENT, '1000000', () => '1000000'),
    at: '35h',
    gives: each(0),
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:pipe_node_cache_hits_per_requests:median1d',
    when: 'an hour of misses does not move it',
    series: ONE_MISSES,
    at: '33h',
    gives: each(0.75),
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:pipe_node_cache_hits_per_requests_less_day:difference',
    when: 'one node lost half of all requests',
    series: ONE_MISSES,
    at: '33h',
    gives: each(0, -0.5),
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:pipe_node_cache_hits_per_requests_less_peers:difference',
    when: 'one node lost half of all requests, its peers did not',
    series: ONE_MISSES,
    at: '33h',
    gives: each(0, -0.5),
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:pipe_node_cache_hits_per_requests_less_peers:difference',
    when: 'all caches were purged',
    series: ALL_MISS,
    at: '33h',
    gives: each(0),
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:pipe_node_cache_hits_per_requests_less_peers:mad1d',
    when: 'an hour of misses does not widen the band',
    series: ONE_MISSES,
    at: '33h',
    gives: each(0),
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:node_network_transmit_bytes:avg1d',
    when: 'a steady node',
    series: { [`${SENT}{${NODE}}`]: '1000000x420', [`up{${NODE}}`]: '1x420' },
    at: '33h',
    gives: { [NODE]: 1_000_000 },
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:node_network_transmit_bytes:p95_1d',
    when: 'a steady node',
    series: { [`${SENT}{${NODE}}`]: '1000000x420', [`up{${NODE}}`]: '1x420' },
    at: '33h',
    gives: { [NODE]: 1_000_000 },
    ...FIVE_MINUTES,
  },
  {
    record: 'job_peers:node_network_transmit_bytes:median_avg1d',
    when: 'five nodes',
    series: fleet(SENT, '1000000', () => '1000000'),
    at: '33h',
    gives: { [EUROPE]: 1_000_000 },
    ...FIVE_MINUTES,
  },
];

const ROOT = `${NODE}, mountpoint="/"`;
const CACHE = `${NODE}, mountpoint="/opt/popcache"`;
const ROOM = 'instance_mountpoint:node_filesystem_room:bytes';

function filesystem(inside: string, size: string, avail: string): Record<string, string> {
  const labels = `${inside}, device="/dev/x", fstype="ext4", device_error=""`;
  return {
    [`node_filesystem_size_bytes{${labels}}`]: `${size}x900`,
    [`node_filesystem_avail_bytes{${labels}}`]: avail,
    [`up{${NODE}}`]: '1x900',
  };
}

const CACHE_GROWS = {
  ...filesystem(ROOT, '100', '40x900'),
  ...filesystem(CACHE, '500', '300x900'),
  [`pipe_node_cache_capacity_bytes{${NODE}, tier="disk"}`]: '350x900',
  [`pipe_node_cache_size_bytes{${NODE}, tier="disk"}`]: '100x900',
};
const SIZE_OF_CACHE_DISK = `pipe_node_data_filesystem_size_bytes{${INVENTORY}, generation="testnet"}`;

const CAPACITY: readonly RecordCase[] = [
  {
    record: 'instance:pipe_node_cache_growth:bytes',
    when: 'a cache that is not full',
    series: CACHE_GROWS,
    at: '1h',
    gives: { 'job="pipe-node", instance="fra-1"': 250 },
    ...FIVE_MINUTES,
  },
  {
    record: 'instance_mountpoint:pipe_node_cache_filesystem:bool',
    when: 'one file system has the size of that of the cache',
    series: { ...CACHE_GROWS, [SIZE_OF_CACHE_DISK]: '500x900' },
    at: '1h',
    gives: { 'job="pipe-node", instance="fra-1", mountpoint="/opt/popcache"': 1 },
    ...FIVE_MINUTES,
  },
  {
    record: 'instance_mountpoint:pipe_node_cache_filesystem:bool',
    when: 'two have: nobody knows which',
    series: {
      ...CACHE_GROWS,
      ...filesystem(`${NODE}, mountpoint="/data"`, '500', '400x900'),
      [SIZE_OF_CACHE_DISK]: '500x900',
    },
    at: '1h',
    gives: {},
    ...FIVE_MINUTES,
  },
  {
    record: ROOM,
    when: 'what the cache may still take is no room; another disk has all that is free',
    series: { ...CACHE_GROWS, [SIZE_OF_CACHE_DISK]: '500x900' },
    at: '1h',
    gives: { [ROOT]: 40, [CACHE]: 50 },
    ...FIVE_MINUTES,
  },
  {
    record: ROOM,
    when: 'the software is down and says nothing of its cache: no leap to all that is free',
    series: {
      ...CACHE_GROWS,
      [`pipe_node_cache_size_bytes{${NODE}, tier="disk"}`]: '100x10 stale',
      [SIZE_OF_CACHE_DISK]: '500x900',
    },
    at: '1h',
    gives: { [ROOT]: 40 },
    ...FIVE_MINUTES,
  },
  {
    record: ROOM,
    when: 'it is not known where the cache lies: what is free',
    series: CACHE_GROWS,
    at: '1h',
    gives: { [ROOT]: 40, [CACHE]: 300 },
    ...FIVE_MINUTES,
  },
  {
    record: 'instance_mountpoint:node_filesystem_room:slope6h',
    when: 'a byte a second goes',
    series: filesystem(ROOT, '1000000', '900000-300x900'),
    at: '8h',
    gives: { [ROOT]: -1 },
    round: 0.01,
    ...FIVE_MINUTES,
  },
  {
    record: 'instance_mountpoint:node_filesystem_room:slope6h',
    when: 'the first hours tell nothing',
    series: filesystem(ROOT, '1000000', '900000-300x900'),
    at: '3h',
    gives: {},
    ...FIVE_MINUTES,
  },
  {
    record: 'instance_mountpoint:node_filesystem_room:slope1d',
    when: 'a byte a second goes',
    series: filesystem(ROOT, '1000000', '900000-300x900'),
    at: '26h',
    gives: { [ROOT]: -1 },
    round: 0.01,
    ...FIVE_MINUTES,
  },
  {
    record: 'instance_mountpoint:node_filesystem_full:predicted_seconds',
    when: 'a byte a second goes, and about 806,000 are left',
    series: filesystem(ROOT, '1000000', '900000-300x900'),
    at: '26h',
    gives: { [ROOT]: 806_000 },
    round: 2000,
    ...FIVE_MINUTES,
  },
  {
    record: 'instance_mountpoint:node_filesystem_full:predicted_seconds',
    when: 'a byte in minutes: in more than a year anything may be',
    series: filesystem(ROOT, '1000000000', '900000000-1x900'),
    at: '26h',
    gives: {},
    ...FIVE_MINUTES,
  },
  {
    record: 'instance_mountpoint:node_filesystem_full:predicted_seconds',
    when: 'nothing goes',
    series: filesystem(ROOT, '1000000', '900000x900'),
    at: '26h',
    gives: {},
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:node_memory_MemAvailable_bytes:slope6h',
    when: 'a byte a second goes',
    series: { [`node_memory_MemAvailable_bytes{${NODE}}`]: '900000-300x900' },
    at: '8h',
    gives: { [NODE]: -1 },
    round: 0.01,
    ...FIVE_MINUTES,
  },
  {
    record: 'instance:node_memory_MemAvailable_bytes:slope1d',
    when: 'a byte a second goes',
    series: { [`node_memory_MemAvailable_bytes{${NODE}}`]: '900000-300x900', [`up{${EXPORTER}}`]: '1x900' },
    at: '26h',
    gives: { [NODE]: -1 },
    round: 0.01,
    ...FIVE_MINUTES,
  },
];

export const RECORDING_CASES: readonly RecordCase[] = [
  ...NODE_AND_FLEET,
  ...UPTIME,
  ...BASELINE,
  ...CAPACITY,
];

import {
  EXPORTER,
  fires,
  INVENTORY,
  NODE,
  peer,
  silent,
  type AlertCase,
  type SampleSeries,
} from '../rule-case.js';

const GATE = `pipefleet_gate_info{${INVENTORY}, version="0.1.0", digest="ab12"}`;
const UP_IN_INVENTORY = `probe_success{${INVENTORY}}`;

const SECOND = 'job="pipefleet", instance="second:10950"';

/** Samples of nodes by `region/name`. Where the exporter ends, `stale` ends the probes, and `up` is 0 from then on. */
function nodes(samples: Readonly<Record<string, string>>): SampleSeries {
  return Object.fromEntries(
    Object.entries(samples).flatMap(([place, values]) => {
      const [region = '', name = ''] = place.split('/');
      const labels = peer(name, region);
      const up = values.replaceAll(/\b0/g, '1').replace(' stale', ' 0x200').replace(' removed', ' stale');
      return [
        [`probe_success{${labels}}`, values.replace(' removed', ' stale')],
        [`up{${labels}}`, up],
      ];
    }),
  );
}

/** The same samples for some nodes of a region, called NAME-0 and so on. */
function some(count: number, place: string, values: string): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${place}-${index}`, values]));
}

/** An exporter ends. Three of four nodes of a region were down, and it probed them last; all nodes of another region were up. */
const AN_EXPORTER_ENDS = nodes({
  ...some(3, 'asia/down', '0x21 stale'),
  'asia/up': '1x20 stale',
  ...some(10, 'europe/up', '1x20 stale'),
});

/** One of two exporters ends at 20m: of a region of six, two nodes that the other one probes are down; the rest is up. */
const ONE_STAYS_DEAD = nodes({
  ...some(2, 'asia/down', '1x9 0x140'),
  ...some(4, 'asia/up', '1x39 stale'),
  ...some(3, 'europe/up', '1x150'),
});

/** One of two exporters ends at 30m, which alone saw that a region was down. */
const THE_WITNESS_ENDS = nodes({
  ...some(4, 'asia/down', '1x19 0x39 stale'),
  ...some(4, 'europe/up', '1x150'),
});

/** A region is down, and one of its nodes is taken out at 30m. */
const ONE_IS_REMOVED = nodes({
  ...some(3, 'asia/down', '1x19 0x130'),
  'asia/gone': '1x19 0x39 removed',
  ...some(4, 'europe/up', '1x150'),
});

/** A node is renamed at 18m; its region is down from 20m. */
const RENAMED_BEFORE = nodes({
  ...some(3, 'asia/down', '1x39 0x100'),
  'asia/old': '1x35 removed',
  'asia/new': '_x36 1x3 0x100',
  ...some(8, 'europe/up', '1x150'),
});

/** Probes fail once, as the network of the exporter is lost, and then the exporter ends. */
const LAST_PROBES_FAIL = nodes({
  ...some(4, 'asia/up', '1x38 0 stale'),
  ...some(4, 'europe/up', '1x150'),
});

const regionDown = (count: number): string =>
  `None of the ${count} nodes of asia has answered a probe for two minutes. Look first at what they share there: the network, the provider, a jump host.`;
const manyDown = (share: string): string =>
  `${share} of the nodes have not answered a probe for two minutes. Look first at what they share: the way out of the exporter, its key, the provider.`;
const firesRegion = (when: string, series: SampleSeries, at: string, count: number): AlertCase =>
  fires('PipeRegionDown', `${when}, ${at}`, series, at, 'job="pipe-node", region="asia"', regionDown(count));
const firesMany = (when: string, series: SampleSeries, at: string, share: string): AlertCase =>
  fires('PipeNodesDownMany', `${when}, ${at}`, series, at, 'job="pipe-node"', manyDown(share));

/** Reachability, exporters, access and jump hosts. What is not here is in prometheus/tests. */
export const REACHABILITY_CASES: readonly AlertCase[] = [
  fires(
    'PipeRegionDown',
    'both nodes of a region are down, the other region works',
    nodes({ 'asia/sgp-1': '1x10 0x20', 'asia/sgp-2': '1x10 0x20', 'europe/fra-1': '1x30' }),
    '10m',
    'job="pipe-node", region="asia"',
    'None of the 2 nodes of asia has answered a probe for two minutes. Look first at what they share there: the network, the provider, a jump host.',
  ),
  silent(
    'PipeRegionDown',
    'one of two nodes is down, and the only node of another region',
    nodes({ 'asia/sgp-1': '1x10 0x20', 'asia/sgp-2': '1x30', 'europe/fra-1': '1x10 0x20' }),
    '10m',
  ),
  // When the samples of some nodes have left the range of two minutes, and those of others have not.
  ...['12m', '12m30s', '13m'].flatMap((at) => [
    silent('PipeRegionDown', `an exporter ends, of whose nodes some were down, ${at}`, AN_EXPORTER_ENDS, at),
    silent(
      'PipeNodesDownMany',
      `an exporter ends, of whose nodes some were down, ${at}`,
      AN_EXPORTER_ENDS,
      at,
    ),
  ]),
  fires(
    'PipeRegionDown',
    'one of two exporters is down, and the other one sees that a region is',
    {
      [`up{${EXPORTER}}`]: '1x10 0x20',
      [`up{${SECOND}}`]: '1x30',
      ...nodes({ 'asia/sgp-1': '1x10 0x20', 'asia/sgp-2': '1x10 0x20', 'europe/fra-1': '1x10 stale' }),
    },
    '10m',
    'job="pipe-node", region="asia"',
    'None of the 2 nodes of asia has answered a probe for two minutes. Look first at what they share there: the network, the provider, a jump host.',
  ),
  ...['21m30s', '30m', '50m'].flatMap((at) => [
    silent(
      'PipeRegionDown',
      `one of two exporters stays dead, which saw the healthy nodes, ${at}`,
      ONE_STAYS_DEAD,
      at,
    ),
    silent(
      'PipeNodesDownMany',
      `one of two exporters stays dead, which saw the healthy nodes, ${at}`,
      ONE_STAYS_DEAD,
      at,
    ),
    silent(
      'PipeRegionDown',
      `the last probe before the end of an exporter failed, ${at}`,
      LAST_PROBES_FAIL,
      at,
    ),
    silent(
      'PipeNodesDownMany',
      `the last probe before the end of an exporter failed, ${at}`,
      LAST_PROBES_FAIL,
      at,
    ),
  ]),
  ...['25m', '31m', '33m', '41m', '60m'].flatMap((at) => [
    firesRegion('the exporter that saw the outage ends', THE_WITNESS_ENDS, at, 4),
    firesMany('the exporter that saw the outage ends', THE_WITNESS_ENDS, at, '50%'),
  ]),
  ...['30m30s', '35m', '41m'].map((at) =>
    firesRegion('a node of a region that is down is removed', ONE_IS_REMOVED, at, 3),
  ),
  firesRegion('a node was renamed two minutes before its region is down', RENAMED_BEFORE, '22m', 4),
  firesMany('a node was renamed two minutes before its region is down', RENAMED_BEFORE, '22m', '33.33%'),
  fires(
    'PipefleetInstanceDown',
    'one of two exporters is down',
    { [`up{${EXPORTER}}`]: '1x10 0x20', [`up{${SECOND}}`]: '1x30' },
    '10m',
    EXPORTER,
    'Prometheus has not been able to scrape the exporter pipefleet:10950 for two minutes, while another one answers. Nodes that only this one is asked for are not watched meanwhile: PipeNodeScrapeFailing names them.',
  ),
  silent(
    'PipefleetInstanceDown',
    'both exporters are down, and one scrape of one failed before',
    { [`up{${EXPORTER}}`]: '1x5 0 1x4 0x40', [`up{${SECOND}}`]: '1x10 0x40' },
    '14m',
  ),
  silent(
    'PipefleetDown',
    'one of two exporters is down',
    { [`up{${EXPORTER}}`]: '1x10 0x20', [`up{${SECOND}}`]: '1x30' },
    '10m',
  ),
  {
    alert: 'PipefleetDown',
    when: 'both exporters are down',
    series: { [`up{${EXPORTER}}`]: '1x10 0x20', [`up{${SECOND}}`]: '1x10 0x20' },
    at: '10m',
    fires: ['pipefleet:10950', 'second:10950'].map((instance) => ({
      labels: { job: 'pipefleet', instance },
      says: `Prometheus cannot scrape the exporter ${instance} for two minutes. No node is watched meanwhile.`,
    })),
  },
  fires(
    'PipeNodeFlapping',
    'up and down every two minutes',
    { [`probe_success{${NODE}}`]: '1x129 0x3 1x3 0x3 1x3 0x3 1x3 0x3 1x3' },
    '81m',
    NODE,
    'fra-1 changed between up and down 8 times in the past hour.',
  ),
  silent(
    'PipeNodeFlapping',
    'one outage, and one lost probe',
    { [`probe_success{${NODE}}`]: '1x10 0x20 1x20 0 1x20' },
    '40m',
  ),
  fires(
    'PipeNodeProbeSlow',
    'every probe takes 14 seconds',
    { [`probe_duration_seconds{${NODE}}`]: '14x60', [`probe_success{${NODE}}`]: '1x60' },
    '25m',
    NODE,
    'No probe of fra-1 took less than 14s in the past 15 minutes. When they take longer than the time limit, nothing more is known of the node.',
  ),
  silent(
    'PipeNodeProbeSlow',
    'a slow quarter of an hour with one quick probe in it',
    { [`probe_duration_seconds{${NODE}}`]: '14x25 0.2 14x25', [`probe_success{${NODE}}`]: '1x60' },
    '25m',
  ),
  fires(
    'PipeNodeGateLost',
    'a gate answered, and now a shell does',
    { [GATE]: '1x40 _x60', [UP_IN_INVENTORY]: '1x100' },
    '45m',
    'job="pipe-inventory", instance="fra-1"',
    'fra-1 had a gate within the past day and now gives the key of the exporter a shell: somebody has changed authorized_keys, or the machine was installed anew.',
  ),
  silent(
    'PipeNodeGateLost',
    'the node is down, and says nothing about a gate',
    { [GATE]: '1x40 _x60', [UP_IN_INVENTORY]: '1x40 0x60' },
    '45m',
  ),
  silent(
    'PipeNodeGateLost',
    'the gate was renewed and has another digest',
    { [GATE]: '1x40 _x60', [GATE.replace('ab12', 'cd34')]: '_x40 1x60', [UP_IN_INVENTORY]: '1x100' },
    '45m',
  ),
  fires(
    'PipefleetJumpHostSaturated',
    'as many connections as allowed are being opened, and others wait',
    {
      [`pipefleet_ssh_jump_dials_queued{${EXPORTER}, jump="bastion"}`]: '4x60',
      [`pipefleet_ssh_jump_dials_in_flight{${EXPORTER}, jump="bastion"}`]: '5x60',
      [`pipefleet_ssh_jump_dials_limit{${EXPORTER}, jump="bastion"}`]: '5x60',
    },
    '20m',
    `${EXPORTER}, jump="bastion"`,
    'At least 4 connections have been waiting to be opened through bastion for ten minutes, while as many as concurrent_dials allows were being opened.',
  ),
  silent(
    'PipefleetJumpHostSaturated',
    'a start, after which nothing waits',
    {
      [`pipefleet_ssh_jump_dials_queued{${EXPORTER}, jump="bastion"}`]: '4x5 0x60',
      [`pipefleet_ssh_jump_dials_in_flight{${EXPORTER}, jump="bastion"}`]: '5x60',
      [`pipefleet_ssh_jump_dials_limit{${EXPORTER}, jump="bastion"}`]: '5x60',
    },
    '20m',
  ),
];

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

const ASIA_1 = peer('sgp-1', 'asia');
const ASIA_2 = peer('sgp-2', 'asia');
const GATE = `pipefleet_gate_info{${INVENTORY}, version="0.1.0", digest="ab12"}`;
const UP_IN_INVENTORY = `probe_success{${INVENTORY}}`;

const SECOND = 'job="pipefleet", instance="second:10950"';

const probes = (name: string, region: string, values: string): [series: string, values: string] => [
  `probe_success{${peer(name, region)}}`,
  values,
];

/** An exporter ends. Three of four nodes of a region were down, and it probed them last; all nodes of another region were up. */
const AN_EXPORTER_ENDS: SampleSeries = Object.fromEntries([
  ...['sgp-1', 'sgp-2', 'sgp-3'].map((name) => probes(name, 'asia', '0x21 stale')),
  probes('sgp-4', 'asia', '1x20 stale'),
  ...Array.from({ length: 10 }, (_, index) => probes(`fra-${index}`, 'europe', '1x20 stale')),
]);

/** Reachability, exporters, access and jump hosts. What is not here is in prometheus/tests. */
export const REACHABILITY_CASES: readonly AlertCase[] = [
  fires(
    'PipeRegionDown',
    'both nodes of a region are down, the other region works',
    {
      [`probe_success{${ASIA_1}}`]: '1x10 0x20',
      [`probe_success{${ASIA_2}}`]: '1x10 0x20',
      [`probe_success{${NODE}}`]: '1x30',
    },
    '10m',
    'job="pipe-node", region="asia"',
    'None of the 2 nodes of asia has answered a probe for two minutes. Look first at what they share there: the network, the provider, a jump host.',
  ),
  silent(
    'PipeRegionDown',
    'one of two nodes is down, and the only node of another region',
    {
      [`probe_success{${ASIA_1}}`]: '1x10 0x20',
      [`probe_success{${ASIA_2}}`]: '1x30',
      [`probe_success{${NODE}}`]: '1x10 0x20',
    },
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
      [`probe_success{${ASIA_1}}`]: '1x10 0x20',
      [`probe_success{${ASIA_2}}`]: '1x10 0x20',
      [`probe_success{${NODE}}`]: '1x10 stale',
    },
    '10m',
    'job="pipe-node", region="asia"',
    'None of the 2 nodes of asia has answered a probe for two minutes. Look first at what they share there: the network, the provider, a jump host.',
  ),
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

import { fires, NODE, peer, silent, type AlertCase } from '../rule-case.js';

const PER_PEERS = `instance:node_network_transmit_bytes_per_peers:ratio{${NODE}}`;
const USUAL = {
  [`instance:node_network_transmit_bytes_per_peers:median1d{${NODE}}`]: '1x80',
  [`instance:node_network_transmit_bytes_per_peers:mad1d{${NODE}}`]: '0.1x80',
};
const LESS = `instance:pipe_node_cache_hits_per_requests_less_peers:difference{${NODE}}`;
const HITS_VARY = `instance:pipe_node_cache_hits_per_requests_less_peers:mad1d{${NODE}}`;
const REQUESTS = `instance:pipe_node_cache_requests:rate5m{${NODE}}`;
const A_DAY = 'instance:node_network_transmit_bytes:avg1d';
const MIDDLING = 'job_peers:node_network_transmit_bytes:median_avg1d{job="pipe-node", region="europe"}';

/** Unlike its past and its peers. */
export const PERFORMANCE_CASES: readonly AlertCase[] = [
  fires(
    'PipeNodeTrafficDrop',
    'a quarter of the usual, far below how much it varies',
    { [PER_PEERS]: '1x20 0.25x60', ...USUAL },
    '35m',
    NODE,
    'fra-1 sends 25% of what it usually does when its peers do what they do now.',
  ),
  silent(
    'PipeNodeTrafficDrop',
    'the whole network sends a quarter, and so does the node: by its peers nothing has changed',
    { [PER_PEERS]: '1x80', ...USUAL },
    '35m',
  ),
  silent(
    'PipeNodeTrafficDrop',
    'a node whose traffic always leaps',
    {
      [PER_PEERS]: '1x20 0.25x60',
      ...USUAL,
      [`instance:node_network_transmit_bytes_per_peers:mad1d{${NODE}}`]: '0.4x80',
    },
    '35m',
  ),
  fires(
    'PipeNodeTrafficSpike',
    'five times the usual',
    { [PER_PEERS]: '1x20 5x60', ...USUAL },
    '35m',
    NODE,
    'fra-1 sends 5 times what it usually does when its peers do what they do now. Popular content looks like this, and misuse too.',
  ),
  silent('PipeNodeTrafficSpike', 'twice the usual', { [PER_PEERS]: '1x20 2x60', ...USUAL }, '35m'),
  fires(
    'PipeNodeHitRatioDrop',
    'hits fell by 30 points, those of the peers did not',
    { [LESS]: '0x10 -0.3x80', [HITS_VARY]: '0.02x90', [REQUESTS]: '20x90' },
    '40m',
    NODE,
    'The hit ratio of fra-1 is 30% of all requests below what is usual for it, beyond what its peers lost.',
  ),
  silent(
    'PipeNodeHitRatioDrop',
    'next to nobody asks',
    { [LESS]: '0x10 -0.3x80', [HITS_VARY]: '0.02x90', [REQUESTS]: '0.1x90' },
    '40m',
  ),
  fires(
    'PipeNodeUnderperforming',
    'a third of what a middling node of the region sends',
    { [`${A_DAY}{${NODE}}`]: '1e6x60', [`${A_DAY}{${peer('fra-2')}}`]: '4e6x60', [MIDDLING]: '4e6x60' },
    '8h',
    NODE,
    'Over a day fra-1 sent 25% of what a middling node of europe sent.',
    { interval: '10m', every: '10m' },
  ),
  silent(
    'PipeNodeUnderperforming',
    'too few peers for a middling node',
    { [`${A_DAY}{${NODE}}`]: '1e6x60', [`${A_DAY}{${peer('fra-2')}}`]: '4e6x60' },
    '8h',
    { interval: '10m', every: '10m' },
  ),
  fires(
    'PipeNodeUptimeAtRisk',
    'twelve of 14.4 hours are used up',
    {
      [`instance:pipe_node_down_hours:sum30d{${NODE}}`]: '10.8x60',
      [`instance:pipe_node_up:avg1d{${NODE}}`]: '0.9x60',
    },
    '20m',
    NODE,
    'fra-1 has used 75% of the hours that it may be down in 30 days, or will have used all of them within days if it goes on as in the past day.',
  ),
  silent(
    'PipeNodeUptimeAtRisk',
    'half of the hours are used up, and nothing was added in the past day',
    {
      [`instance:pipe_node_down_hours:sum30d{${NODE}}`]: '7.2x60',
      [`instance:pipe_node_up:avg1d{${NODE}}`]: '1x60',
    },
    '20m',
  ),
  silent(
    'PipeNodeUptimeAtRisk',
    'it is lost: another alert',
    {
      [`instance:pipe_node_down_hours:sum30d{${NODE}}`]: '20x60',
      [`instance:pipe_node_up:avg1d{${NODE}}`]: '0.5x60',
    },
    '20m',
  ),
  fires(
    'PipeNodeUptimeLost',
    'a whole day was lost',
    { [`instance:pipe_node_down_hours:sum30d{${NODE}}`]: '21.6x60' },
    '20m',
    NODE,
    'fra-1 was down for 150% of the hours that it may be down in 30 days, as the exporter saw it. What the network itself counted decides.',
  ),
  silent(
    'PipeNodeUptimeLost',
    'some hours were lost',
    { [`instance:pipe_node_down_hours:sum30d{${NODE}}`]: '10x60' },
    '20m',
  ),
];

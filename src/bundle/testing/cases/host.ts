import { fires, NODE, silent, type AlertCase } from '../rule-case.js';

const AVAILABLE = `node_memory_MemAvailable_bytes{${NODE}}`;
const SLOPE_6H = `instance:node_memory_MemAvailable_bytes:slope6h{${NODE}}`;
const SLOPE_1D = `instance:node_memory_MemAvailable_bytes:slope1d{${NODE}}`;
const IN_USE = `instance:node_memory_utilisation:ratio{${NODE}}`;
const ETH0 = `${NODE}, device="eth0"`;
const POP = `${NODE}, name="pop", unit="popcache.service"`;
const SYNC = `node_timex_sync_status{${NODE}}`;

function packets(errors: string, all: string): Record<string, string> {
  return {
    [`node_network_receive_errs_total{${ETH0}}`]: errors,
    [`node_network_transmit_errs_total{${ETH0}}`]: '0x120',
    [`node_network_receive_packets_total{${ETH0}}`]: all,
    [`node_network_transmit_packets_total{${ETH0}}`]: '0x120',
  };
}

/** Processors, memory, network and clock. What is not here is in prometheus/tests. */
export const HOST_CASES: readonly AlertCase[] = [
  fires(
    'PipeNodeCpuHigh',
    'busy for half an hour',
    { [`instance:node_cpu_utilisation:ratio_rate5m{${NODE}}`]: '0.97x120' },
    '40m',
    NODE,
    'The CPUs of fra-1 were busy for at least 97% of the time in the past half hour.',
  ),
  silent(
    'PipeNodeCpuHigh',
    'with a rest every ten minutes',
    {
      [`instance:node_cpu_utilisation:ratio_rate5m{${NODE}}`]: '0.97x20 0.5 0.97x20 0.5 0.97x20 0.5 0.97x20',
    },
    '40m',
  ),
  fires(
    'PipeNodeCpuStolen',
    'a third of the time for half an hour',
    { [`instance:node_cpu_steal:ratio_rate5m{${NODE}}`]: '0.33x120' },
    '40m',
    NODE,
    'For half an hour at least 33% of the CPU time of fra-1 was given to other machines on its host.',
  ),
  silent(
    'PipeNodeCpuStolen',
    'a busy moment on the host',
    { [`instance:node_cpu_steal:ratio_rate5m{${NODE}}`]: '0.02x40 0.5x10 0.02x60' },
    '40m',
  ),
  fires(
    'PipeNodeMemoryRunningOut',
    'both windows shrink, and ten hours are left',
    { [AVAILABLE]: '3.6e9x120', [SLOPE_6H]: '-1e5x120', [SLOPE_1D]: '-5e4x120', [IN_USE]: '0.8x120' },
    '40m',
    NODE,
    'At the pace of the past six hours, fra-1 has no memory left in 10h 0m 0s; the kernel then ends a process, most likely the node software.',
  ),
  silent(
    'PipeNodeMemoryRunningOut',
    'the day as a whole does not shrink',
    { [AVAILABLE]: '3.6e9x120', [SLOPE_6H]: '-1e5x120', [SLOPE_1D]: '2e4x120', [IN_USE]: '0.8x120' },
    '40m',
  ),
  silent(
    'PipeNodeMemoryRunningOut',
    'most of the memory is free',
    { [AVAILABLE]: '3.6e9x120', [SLOPE_6H]: '-1e5x120', [SLOPE_1D]: '-5e4x120', [IN_USE]: '0.3x120' },
    '40m',
  ),
  fires(
    'PipeNodeMemoryPressure',
    'a fifth of the time is lost',
    { [`node_pressure_memory_stalled_seconds_total{${NODE}}`]: '0+6x60' },
    '20m',
    NODE,
    'In 20% of the past minutes all work on fra-1 waited for memory.',
  ),
  silent(
    'PipeNodeMemoryPressure',
    'next to none is',
    { [`node_pressure_memory_stalled_seconds_total{${NODE}}`]: '0+0.1x60' },
    '20m',
  ),
  fires(
    'PipeNodeOomKill',
    'a process was killed',
    { [`node_vmstat_oom_kill{${NODE}}`]: '3x60 4x60' },
    '60m',
    NODE,
    'On fra-1 about 1 processes were killed in the past half hour since there was no memory left. The largest one goes first, which commonly is the node software.',
  ),
  silent('PipeNodeOomKill', 'long ago', { [`node_vmstat_oom_kill{${NODE}}`]: '3x10 4x110' }, '60m'),
  fires(
    'PipeNodeNetworkErrors',
    'two of a hundred packets are damaged',
    packets('0+60x120', '0+3000x120'),
    '45m',
    ETH0,
    '2% of the packets of eth0 on fra-1 were damaged for half an hour.',
  ),
  silent('PipeNodeNetworkErrors', 'a few among many', packets('0+1x120', '0+3000x120'), '45m'),
  silent('PipeNodeNetworkErrors', 'an idle interface', packets('0+1x120', '0+2x120'), '45m'),
  fires(
    'PipeNodeNetworkSaturated',
    'nine tenths of the link',
    {
      [`instance:node_network_transmit_bytes:rate5m{${NODE}}`]: '112500000x120',
      [`instance:node_network_speed_bytes:sum{${NODE}}`]: '125000000x120',
    },
    '40m',
    NODE,
    'fra-1 sent at least 90% of what its link can carry for half an hour. Clients get it slower than they could.',
  ),
  silent(
    'PipeNodeNetworkSaturated',
    'a machine that does not know the speed of its link',
    { [`instance:node_network_transmit_bytes:rate5m{${NODE}}`]: '112500000x120' },
    '40m',
  ),
  fires(
    'PipeNodeConntrackHigh',
    'four fifths of the table',
    {
      [`node_nf_conntrack_entries{${NODE}}`]: '80000x40',
      [`node_nf_conntrack_entries_limit{${NODE}}`]: '100000x40',
    },
    '15m',
    NODE,
    'fra-1 tracks 80% of the connections that it can. When none is left, new ones are dropped without a word.',
  ),
  silent(
    'PipeNodeConntrackHigh',
    'half of the table',
    {
      [`node_nf_conntrack_entries{${NODE}}`]: '50000x40',
      [`node_nf_conntrack_entries_limit{${NODE}}`]: '100000x40',
    },
    '15m',
  ),
  fires(
    'PipeNodeFilesOpenHigh',
    'nine tenths of its files are open',
    {
      [`pipe_node_process_open_fds{${POP}}`]: '58981.5x40',
      [`pipe_node_process_max_fds{${POP}}`]: '65535x40',
    },
    '15m',
    POP,
    'pop on fra-1 has 90% of the files and connections open that it may have. When none is left, it takes no new ones.',
  ),
  silent(
    'PipeNodeFilesOpenHigh',
    'few are',
    { [`pipe_node_process_open_fds{${POP}}`]: '500x40', [`pipe_node_process_max_fds{${POP}}`]: '65535x40' },
    '15m',
  ),
  fires(
    'PipeNodeConnectionsLost',
    'ten a scrape',
    { [`node_netstat_TcpExt_ListenOverflows{${NODE}}`]: '0+10x80' },
    '30m',
    NODE,
    'fra-1 lost about 300 new connections in the past 15 minutes, as the queue of a listening socket was full.',
  ),
  silent(
    'PipeNodeConnectionsLost',
    'some at a start',
    { [`node_netstat_TcpExt_ListenOverflows{${NODE}}`]: '0x10 50x70' },
    '30m',
  ),
  fires(
    'PipeNodeClockSkew',
    'a clock that is ninety seconds ahead',
    { [`node_time_seconds{${NODE}}`]: '90+30x60', [`probe_duration_seconds{${NODE}}`]: '0.2x60' },
    '20m',
    NODE,
    'The clock of fra-1 is 1m 30s off that of Prometheus. Certificates and signatures of the network depend on it.',
  ),
  silent(
    'PipeNodeClockSkew',
    'a probe that takes as long as the clock seems to be off',
    { [`node_time_seconds{${NODE}}`]: '8+30x60', [`probe_duration_seconds{${NODE}}`]: '8x60' },
    '20m',
  ),
  fires(
    'PipeNodeClockNotSynchronised',
    'for more than an hour',
    { [SYNC]: '0x240' },
    '110m',
    NODE,
    'The kernel of fra-1 has not taken its clock for synchronised for more than an hour: it will drift.',
  ),
  silent('PipeNodeClockNotSynchronised', 'for minutes after a boot', { [SYNC]: '0x20 1x220' }, '110m'),
];

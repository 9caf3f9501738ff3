import { COUNTED_TWICE, NOT_FILLABLE } from '../devices.js';
import { promql, type RecordingGroup } from '../rule.js';

/** How each node is: what dashboards and alerts ask for again and again. */
export const NODE_RULES: RecordingGroup = {
  name: 'pipefleet-node',
  rules: [
    {
      record: 'instance:probe_success:avg1h',
      note: '`up` ends with the target: without it the average of a node that was removed, or has other labels now, would go on.',
      expr: ({ node }) => `avg_over_time(probe_success{${node}}[1h]) and up{${node}}`,
    },
    {
      record: 'instance:probe_success:avg1d',
      expr: ({ node }) => `avg_over_time(probe_success{${node}}[1d]) and up{${node}}`,
    },
    {
      record: 'instance:node_cpu:count',
      expr: ({ node }) => `count without (cpu, mode) (node_cpu_seconds_total{${node}, mode="idle"})`,
    },
    {
      record: 'instance:node_cpu_utilisation:ratio_rate5m',
      note: 'Share of CPU time that did work; guests are within user and nice. Waiting for disks and time that the hypervisor took (steal) are not work. It is not 1 less the idle time: idle and iowait may step back, which rate() takes for a restart.',
      expr: ({ node, range }) => promql`
        sum without (cpu, mode) (
          rate(node_cpu_seconds_total{${node}, mode=~"user|nice|system|irq|softirq"}[${range('5m')}])
        )
          / instance:node_cpu:count`,
    },
    {
      record: 'instance:node_cpu_steal:ratio_rate5m',
      note: 'Share of CPU time that the provider gave to other machines. Some hypervisors let it step back: a slope, not a rate.',
      expr: ({ node, range }) => promql`
        clamp_min(sum without (cpu, mode) (deriv(node_cpu_seconds_total{${node}, mode="steal"}[${range('5m')}])), 0)
          / instance:node_cpu:count`,
    },
    {
      record: 'instance:node_load5_per_cpu:ratio',
      expr: ({ node }) => `node_load5{${node}} / instance:node_cpu:count`,
    },
    {
      record: 'instance:node_memory_utilisation:ratio',
      expr: ({ node }) => `1 - node_memory_MemAvailable_bytes{${node}} / node_memory_MemTotal_bytes{${node}}`,
    },
    {
      record: 'instance_mountpoint:node_filesystem_used:ratio',
      note: 'As df counts: of what an unprivileged program may use, as it is for such a program that a file system is full. What is kept back for root is neither used nor available.',
      expr: ({ node }) => promql`
        max without (device, device_error, fstype) (
          (
            node_filesystem_size_bytes{${node}, fstype!~"${NOT_FILLABLE}"}
              - node_filesystem_free_bytes{${node}}
          )
          / (
            node_filesystem_size_bytes{${node}}
              - node_filesystem_free_bytes{${node}}
              + node_filesystem_avail_bytes{${node}}
              > 0
          )
        )`,
    },
    {
      record: 'instance:node_filesystem_used:max_ratio',
      expr: () => 'max without (mountpoint) (instance_mountpoint:node_filesystem_used:ratio)',
    },
    {
      record: 'instance_device:node_disk_io_time_weighted_seconds:rate5m',
      note: 'Requests that were under way, on average.',
      expr: ({ node, range }) => `rate(node_disk_io_time_weighted_seconds_total{${node}}[${range('5m')}])`,
    },
    {
      record: 'instance:node_network_receive_bytes:rate5m',
      note: 'Bonds, VLANs, bridges, tunnels and interfaces of containers would count the same bytes a second time.',
      expr: ({ node, range }) => traffic('receive', node, range('5m')),
    },
    {
      record: 'instance:node_network_transmit_bytes:rate5m',
      expr: ({ node, range }) => traffic('transmit', node, range('5m')),
    },
    {
      record: 'instance:node_network_speed_bytes:sum',
      note: 'Known of real network cards; most virtual ones do not say.',
      expr: ({ node }) => promql`
        sum without (device) (
          node_network_speed_bytes{${node}, device!~"${COUNTED_TWICE}"} > 0
            and node_network_up{${node}} == 1
        )`,
    },
    {
      record: 'instance:pipe_node_cache_hits:rate5m',
      note: "The disk tier only: the node's own figures for the memory tier were seen not to add up.",
      expr: ({ node, range }) =>
        `sum without (tier) (rate(pipe_node_cache_hits_total{${node}, tier="disk"}[${range('5m')}]))`,
    },
    {
      record: 'instance:pipe_node_cache_requests:rate5m',
      expr: ({ node, range }) => promql`
        instance:pipe_node_cache_hits:rate5m
        + sum without (tier) (rate(pipe_node_cache_misses_total{${node}, tier="disk"}[${range('5m')}]))`,
    },
    {
      record: 'instance:pipe_node_cache_hits_per_requests:ratio_rate5m',
      note: 'Absent, not 0, while nobody asks for anything.',
      expr: () => 'instance:pipe_node_cache_hits:rate5m / (instance:pipe_node_cache_requests:rate5m > 0)',
    },
  ],
};

function traffic(way: 'receive' | 'transmit', node: string, range: string): string {
  return promql`
    sum without (device) (
      rate(node_network_${way}_bytes_total{${node}, device!~"${COUNTED_TWICE}"}[${range}])
    )`;
}

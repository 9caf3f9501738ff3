import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Section } from './dashboard.js';
import { graph } from './panels.js';
import { COUNTED_TWICE } from '../devices.js';
import { line } from './queries.js';
import type { View } from './view.js';

/** The host below the node software. */
export function hostPanels(view: View): Section[] {
  return [
    { id: 6, title: 'Processor and memory', panels: [...processor(view), ...pressure(view)] },
    { id: 7, title: 'Disks', panels: disks(view) },
    { id: 8, title: 'Network', panels: network(view) },
  ];
}

function processor(view: View): Panel[] {
  const size = { width: 8, height: 8, min: 0 };
  return [
    graph({
      ...size,
      id: 60,
      title: 'CPU by mode',
      description:
        'What the CPUs did, as a share of all of them. iowait: waiting for a disk; the kernel only estimates it. steal: taken by the provider for other machines.',
      unit: 'percentunit',
      max: 1,
      stacked: true,
      queries: [
        line(
          `clamp_max(avg by (mode) (rate(node_cpu_seconds_total{${view.node}, mode!~"idle|iowait|steal"}[$__rate_interval])), 1)`,
          '{{mode}}',
        ),
        // These may step back, which rate() would take for a restart and show as a spike.
        line(
          `clamp(avg by (mode) (deriv(node_cpu_seconds_total{${view.node}, mode=~"iowait|steal"}[$__rate_interval])), 0, 1)`,
          '{{mode}}',
        ),
      ],
    }),
    graph({
      ...size,
      id: 61,
      title: 'Load',
      description:
        'Processes that ran or waited for a CPU or a disk, averaged over 1, 5 and 15 minutes, and the number of CPUs.',
      unit: 'none',
      queries: [
        line(`node_load1{${view.node}}`, '1 min'),
        line(`node_load5{${view.node}}`, '5 min'),
        line(`node_load15{${view.node}}`, '15 min'),
        line(`count(node_cpu_seconds_total{${view.node}, mode="idle"})`, 'CPUs'),
      ],
    }),
    graph({
      ...size,
      id: 62,
      title: 'Memory',
      description:
        'Memory in use, memory that holds copies of files and can be taken back at once, and memory that is free.',
      unit: 'bytes',
      stacked: true,
      queries: [
        line(
          `node_memory_MemTotal_bytes{${view.node}} - node_memory_MemAvailable_bytes{${view.node}}`,
          'in use',
        ),
        // The kernel estimates what is available: on a full host that may be less than what is free.
        line(
          `clamp_min(node_memory_MemAvailable_bytes{${view.node}} - node_memory_MemFree_bytes{${view.node}}, 0)`,
          'file cache',
        ),
        line(`node_memory_MemFree_bytes{${view.node}}`, 'free'),
      ],
    }),
  ];
}

function pressure(view: View): Panel[] {
  const size = { width: 12, height: 7, min: 0 };
  const share = (kind: string): string =>
    `rate(node_pressure_${kind}_seconds_total{${view.node}}[$__rate_interval])`;
  return [
    graph({
      ...size,
      id: 63,
      title: 'Work that waits',
      description:
        'Share of time in which some work waited for a processor, a disk or memory. All work waiting for memory is a host about to fall over.',
      unit: 'percentunit',
      noValue: 'The kernel does not tell.',
      queries: [
        line(share('cpu_waiting'), 'processor'),
        line(share('io_waiting'), 'disk'),
        line(share('memory_waiting'), 'memory'),
        line(share('memory_stalled'), 'all of it, memory'),
      ],
    }),
    graph({
      ...size,
      id: 64,
      title: 'Connections',
      description:
        'Connections over TCP that are open, and those of every kind that the packet filter tracks.',
      unit: 'short',
      queries: [
        line(`node_netstat_Tcp_CurrEstab{${view.node}}`, 'open'),
        line(`node_nf_conntrack_entries{${view.node}}`, 'tracked'),
      ],
    }),
  ];
}

function disks(view: View): Panel[] {
  const size = { width: 6, height: 8, min: 0 };
  return [
    graph({
      ...size,
      id: 70,
      title: 'File systems used',
      description: 'Used share of what ordinary programs may use.',
      unit: 'percentunit',
      max: 1,
      queries: [line(`instance_mountpoint:node_filesystem_used:ratio{${view.node}}`, '{{mountpoint}}')],
    }),
    graph({
      ...size,
      id: 71,
      title: 'Free space',
      description: 'What ordinary programs may still write.',
      unit: 'bytes',
      queries: [line(`max by (mountpoint) (node_filesystem_avail_bytes{${view.node}})`, '{{mountpoint}}')],
    }),
    graph({
      ...size,
      id: 72,
      title: 'Disk throughput',
      description: 'Bytes read from and written to each disk a second.',
      unit: 'Bps',
      queries: [
        line(
          `sum by (device) (rate(node_disk_read_bytes_total{${view.node}}[$__rate_interval]))`,
          '{{device}} read',
        ),
        line(
          `sum by (device) (rate(node_disk_written_bytes_total{${view.node}}[$__rate_interval]))`,
          '{{device}} written',
        ),
      ],
    }),
    graph({
      ...size,
      id: 73,
      title: 'Disk busy',
      description:
        'Share of time in which the disk had something to do. A fast disk at 100 % may still take more.',
      unit: 'percentunit',
      max: 1,
      queries: [
        line(
          `sum by (device) (rate(node_disk_io_time_seconds_total{${view.node}}[$__rate_interval]))`,
          '{{device}}',
        ),
      ],
    }),
  ];
}

function network(view: View): Panel[] {
  const size = { width: 8, height: 8, min: 0 };
  const bits = (metric: string): string =>
    `sum by (device) (rate(${metric}{${view.node}, device!~"${COUNTED_TWICE}"}[$__rate_interval])) * 8`;
  const packets = (metric: string): string =>
    `sum by (device) (rate(${metric}{${view.node}, device!="lo"}[$__rate_interval]))`;
  return [
    graph({
      ...size,
      id: 80,
      title: 'Sent',
      description:
        'What each interface sends. Bonds, VLANs, bridges and tunnels are left out: they count the same bytes again.',
      unit: 'bps',
      queries: [line(bits('node_network_transmit_bytes_total'), '{{device}}')],
    }),
    graph({
      ...size,
      id: 81,
      title: 'Received',
      description:
        'What each interface receives. Bonds, VLANs, bridges and tunnels are left out: they count the same bytes again.',
      unit: 'bps',
      queries: [line(bits('node_network_receive_bytes_total'), '{{device}}')],
    }),
    graph({
      ...size,
      id: 82,
      title: 'Errors and drops',
      description:
        'Packets a second that were damaged or thrown away, of every interface. A few drops are common on a busy host.',
      unit: 'pps',
      queries: [
        line(packets('node_network_receive_errs_total'), '{{device}} receive errors'),
        line(packets('node_network_transmit_errs_total'), '{{device}} send errors'),
        line(packets('node_network_receive_drop_total'), '{{device}} receive drops'),
        line(packets('node_network_transmit_drop_total'), '{{device}} send drops'),
      ],
    }),
  ];
}

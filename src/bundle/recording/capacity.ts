import { NOT_FILLABLE } from '../devices.js';
import { promql, type RecordingGroup } from '../rule.js';

const ROOM = 'instance_mountpoint:node_filesystem_room:bytes';

/** How long what a node has will last. */
export const CAPACITY_RULES: RecordingGroup = {
  name: 'pipefleet-capacity',
  interval: '2m',
  rules: [
    {
      record: 'instance:pipe_node_cache_growth:bytes',
      note: 'What the disk cache may still take, by design.',
      expr: ({ node }) => promql`
        clamp_min(
          max by (job, instance) (pipe_node_cache_capacity_bytes{${node}, tier="disk"})
            - max by (job, instance) (pipe_node_cache_size_bytes{${node}, tier="disk"}),
          0
        )`,
    },
    {
      record: 'instance_mountpoint:pipe_node_cache_filesystem:bool',
      note: 'The file system of the cache: the only one of the size that the node states of the one where its data lies.',
      expr: ({ node, inventory }) => promql`
        max by (job, instance, mountpoint) (node_filesystem_size_bytes{${node}, fstype!~"${NOT_FILLABLE}"})
          == bool on (instance) group_left () max by (instance) (pipe_node_data_filesystem_size_bytes{${inventory}})
          == 1
          and on (job, instance)
            count by (job, instance) (
              max by (job, instance, mountpoint) (node_filesystem_size_bytes{${node}, fstype!~"${NOT_FILLABLE}"})
                == on (instance) group_left () max by (instance) (pipe_node_data_filesystem_size_bytes{${inventory}})
            ) == 1`,
    },
    {
      record: ROOM,
      note: 'Free space that nothing is going to take by design: less what the cache may still grow, on its own file system. While the software says nothing of its cache, there is no telling: a leap there and back would look like growth.',
      expr: ({ node }) => promql`
        max without (device, device_error, fstype) (node_filesystem_avail_bytes{${node}, fstype!~"${NOT_FILLABLE}"})
          - on (job, instance, mountpoint) group_left ()
            (last_over_time(instance_mountpoint:pipe_node_cache_filesystem:bool[15m])
              * on (job, instance) group_left () instance:pipe_node_cache_growth:bytes)
        or
        max without (device, device_error, fstype) (node_filesystem_avail_bytes{${node}, fstype!~"${NOT_FILLABLE}"})
          unless on (job, instance, mountpoint)
          last_over_time(instance_mountpoint:pipe_node_cache_filesystem:bool[15m])`,
    },
    {
      record: 'instance_mountpoint:node_filesystem_room:slope6h',
      note: 'Bytes a second; negative while it shrinks. Steps of minutes are enough for hours and days.',
      expr: ({ node }) => promql`
        deriv(${ROOM}[6h:2m])
          and count_over_time(${ROOM}[6h:30m]) >= 10
          and on (job, instance) up{${node}}`,
    },
    {
      record: 'instance_mountpoint:node_filesystem_room:slope1d',
      expr: ({ node }) => promql`
        deriv(${ROOM}[1d:10m])
          and count_over_time(${ROOM}[1d:1h]) >= 16
          and on (job, instance) up{${node}}`,
    },
    {
      record: 'instance_mountpoint:node_filesystem_full:predicted_seconds',
      note: 'Until the room is used up at the pace of the past day; absent while it does not shrink, or when that is more than a year away.',
      expr: () => promql`
        clamp_min(${ROOM}, 0) / -(instance_mountpoint:node_filesystem_room:slope1d < 0) < ${365 * 86_400}`,
    },
    {
      record: 'instance:node_memory_MemAvailable_bytes:slope6h',
      expr: ({ node }) => promql`
        deriv(node_memory_MemAvailable_bytes{${node}}[6h:2m])
          and count_over_time(node_memory_MemAvailable_bytes{${node}}[6h:30m]) >= 10`,
    },
    {
      record: 'instance:node_memory_MemAvailable_bytes:slope1d',
      expr: ({ node }) => promql`
        deriv(node_memory_MemAvailable_bytes{${node}}[1d:10m])
          and count_over_time(node_memory_MemAvailable_bytes{${node}}[1d:1h]) >= 16`,
    },
  ],
};

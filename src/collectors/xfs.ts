import { ParseError } from './collector.js';
import type { Collector, MetricSpec, Sample } from './collector.js';
import { readEach } from './each-item.js';
import { readCount, splitLines, splitWords } from './text.js';

/**
 * Lines of /sys/fs/xfs/DEVICE/stats/stats and the columns of each that node_exporter names, in order. The kernel has no
 * document of them but fs/xfs/xfs_stats.h. They are of 32 bits and start again from 0 after that.
 */
const LINES: Readonly<Record<string, readonly (readonly [name: string, help: string])[]>> = {
  extent_alloc: [
    ['extent_allocation_extents_allocated', 'Extents taken into use.'],
    ['extent_allocation_blocks_allocated', 'Blocks taken into use.'],
    ['extent_allocation_extents_freed', 'Extents given back.'],
    ['extent_allocation_blocks_freed', 'Blocks given back.'],
  ],
  abt: [
    ['allocation_btree_lookups', 'Searches in the trees of free space.'],
    ['allocation_btree_compares', 'Records compared in the trees of free space.'],
    ['allocation_btree_records_inserted', 'Records added to the trees of free space.'],
    ['allocation_btree_records_deleted', 'Records taken from the trees of free space.'],
  ],
  blk_map: [
    ['block_mapping_reads', 'Times that the place of a block was looked up to be read.'],
    ['block_mapping_writes', 'Times that the place of a block was looked up to be written.'],
    ['block_mapping_unmaps', 'Times that blocks were taken from a file.'],
    ['block_mapping_extent_list_insertions', 'Extents added to the lists of files.'],
    ['block_mapping_extent_list_deletions', 'Extents taken from the lists of files.'],
    ['block_mapping_extent_list_lookups', 'Searches in the lists of extents of files.'],
    ['block_mapping_extent_list_compares', 'Extents compared in the lists of files.'],
  ],
  bmbt: [
    ['block_map_btree_lookups', 'Searches in the trees that say where the blocks of files are.'],
    ['block_map_btree_compares', 'Records compared in the trees that say where the blocks of files are.'],
    [
      'block_map_btree_records_inserted',
      'Records added to the trees that say where the blocks of files are.',
    ],
    [
      'block_map_btree_records_deleted',
      'Records taken from the trees that say where the blocks of files are.',
    ],
  ],
  dir: [
    ['directory_operation_lookup', 'Names looked up in directories that the cache of names did not have.'],
    ['directory_operation_create', 'Names added to directories.'],
    ['directory_operation_remove', 'Names removed from directories.'],
    ['directory_operation_getdents', 'Times that a directory was listed.'],
  ],
  ig: [
    ['inode_operation_attempts', 'Inodes looked for in the cache.'],
    ['inode_operation_found', 'Inodes found in the cache.'],
    ['inode_operation_recycled', 'Inodes found in the cache while they were being dropped from it.'],
    ['inode_operation_missed', 'Inodes not found in the cache.'],
    ['inode_operation_duplicates', 'Inodes that something else brought into the cache at the same time.'],
    ['inode_operation_reclaims', 'Inodes dropped from the cache to free memory.'],
    ['inode_operation_attribute_changes', 'Times that the attributes of an inode were changed.'],
  ],
  rw: [
    ['write_calls', 'Calls that wrote to a file.'],
    ['read_calls', 'Calls that read from a file.'],
  ],
  vnodes: [
    ['vnode_active', 'Inodes in memory; it also goes down.'],
    ['vnode_allocate', 'Inodes brought into memory.'],
    ['vnode_get', 'References to inodes in memory taken.'],
    ['vnode_hold', 'References to inodes in memory held on.'],
    ['vnode_release', 'References to inodes in memory let go.'],
    ['vnode_reclaim', 'Inodes dropped from memory.'],
    ['vnode_remove', 'Inodes that left memory.'],
  ],
};

const metricOf = (name: string): string => `node_xfs_${name}_total`;

const PATH = /^\/sys\/fs\/xfs\/(?<device>[^/*]+)\/stats\/stats$/;

/** What each XFS file system did. */
export const xfs: Collector = {
  name: 'xfs',
  module: 'node',
  summary: 'What each mounted XFS file system did since it was mounted.',
  metrics: Object.fromEntries(
    Object.values(LINES)
      .flat()
      .map(([name, help]): [string, MetricSpec] => [
        metricOf(name),
        { type: 'counter', help, labels: ['device'] },
      ]),
  ),
  files: ['/sys/fs/xfs/*/stats/stats'],
  parse: ({ files }) =>
    readEach(files, ([path, text]) => {
      const device = PATH.exec(path)?.groups?.['device'];
      return device === undefined || text.trim() === '' ? [] : readDevice(device, text);
    }),
};

function readDevice(device: string, text: string): Sample[] {
  const values = new Map<string, number>();
  for (const line of splitLines(text)) {
    const [field = '', ...columns] = splitWords(line);
    if (!Object.hasOwn(LINES, field)) continue;
    for (const [index, [name]] of (LINES[field] ?? []).entries())
      values.set(metricOf(name), readCount(columns[index], `/sys/fs/xfs/${device}: ${field}`));
  }
  if (values.size === 0) throw new ParseError(`/sys/fs/xfs/${device} states none of its documented lines.`);
  return Array.from(values, ([metric, value]) => ({ metric, labels: { device }, value }));
}

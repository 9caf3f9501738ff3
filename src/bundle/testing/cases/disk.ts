import { fires, NODE, silent, type AlertCase } from '../rule-case.js';

const ROOT = `${NODE}, mountpoint="/"`;
const ROOT_DEVICE = `${ROOT}, device="/dev/vda1", fstype="ext4"`;
const NO_ERROR = `${ROOT_DEVICE}, device_error=""`;
const ROOM = `instance_mountpoint:node_filesystem_room:bytes{${ROOT}}`;
const FORECAST = {
  [ROOM]: '7.2e9x600',
  [`instance_mountpoint:node_filesystem_room:slope6h{${ROOT}}`]: '-1e5x600',
  [`instance_mountpoint:node_filesystem_room:slope1d{${ROOT}}`]: '-8e4x600',
  [`instance_mountpoint:node_filesystem_used:ratio{${ROOT}}`]: '0.8x600',
};
const READ_ONLY = `node_filesystem_readonly{${NO_ERROR}}`;
const VDA = `${NODE}, device="vda"`;
const MD0 = `${NODE}, device="md0"`;

/** Disks and file systems. What is not here is in prometheus/tests. */
export const DISK_CASES: readonly AlertCase[] = [
  fires(
    'PipeNodeFilesystemFillingUp',
    'six hours and the day agree that it is full tomorrow',
    FORECAST,
    '5h',
    ROOT,
    'At the pace of the past six hours, / on fra-1 will be full in 20h 0m 0s; the past day agrees. What the cache takes by design is not counted.',
  ),
  silent(
    'PipeNodeFilesystemFillingUp',
    'a download of the past hours: the day before it does not agree',
    {
      ...FORECAST,
      [`instance_mountpoint:node_filesystem_room:slope1d{${ROOT}}`]: '-1e3x300 -8e4x300',
    },
    '5h',
  ),
  silent(
    'PipeNodeFilesystemFillingUp',
    'a disk that is mostly empty',
    { ...FORECAST, [`instance_mountpoint:node_filesystem_used:ratio{${ROOT}}`]: '0.3x600' },
    '5h',
  ),
  silent('PipeNodeFilesystemFillingUp', 'it cannot be written', { ...FORECAST, [READ_ONLY]: '1x600' }, '5h'),
  fires(
    'PipeNodeCacheTooLarge',
    'the cache may grow by more than there is room',
    { [ROOM]: '-10737418240x120' },
    '45m',
    ROOT,
    'The cache of fra-1 may still grow by more than / has room for: -10GiB would be left. It will fill the disk.',
  ),
  silent('PipeNodeCacheTooLarge', 'there is room for all of it', { [ROOM]: '1e9x120' }, '45m'),
  fires(
    'PipeNodeInodesLow',
    'a fiftieth is left',
    {
      [`node_filesystem_files_free{${NO_ERROR}}`]: '2000x80',
      [`node_filesystem_files{${NO_ERROR}}`]: '100000x80',
    },
    '30m',
    ROOT,
    '/ on fra-1 has 2% of its file nodes left. Without any, no file can be made although there is space.',
  ),
  silent(
    'PipeNodeInodesLow',
    'a file system that does not count them',
    { [`node_filesystem_files_free{${NO_ERROR}}`]: '0x80', [`node_filesystem_files{${NO_ERROR}}`]: '0x80' },
    '30m',
  ),
  fires(
    'PipeNodeFilesystemTurnedReadOnly',
    'it could be written an hour ago',
    { [READ_ONLY]: '0x40 1x40' },
    '30m',
    ROOT_DEVICE,
    '/ on fra-1 (/dev/vda1) was writable within the past day and is read-only now. The kernel does this when a disk gives errors.',
  ),
  silent('PipeNodeFilesystemTurnedReadOnly', 'it always was read-only', { [READ_ONLY]: '1x80' }, '30m'),
  fires(
    'PipeNodeDiskSaturated',
    'twenty requests wait at any time',
    { [`instance_device:node_disk_io_time_weighted_seconds:rate5m{${VDA}}`]: '20x120' },
    '40m',
    VDA,
    'At least 20 requests were waiting at vda of fra-1 at any time in the past half hour.',
  ),
  silent(
    'PipeNodeDiskSaturated',
    'a burst of ten minutes',
    { [`instance_device:node_disk_io_time_weighted_seconds:rate5m{${VDA}}`]: '1x40 20x20 1x60' },
    '32m',
  ),
  fires(
    'PipeNodeRaidDegraded',
    'one disk is gone',
    { [`node_md_degraded{${MD0}}`]: '0x10 1x60' },
    '25m',
    MD0,
    'The array md0 of fra-1 lacks 1 of its disks. With another one its data may be gone.',
  ),
  silent('PipeNodeRaidDegraded', 'all are there', { [`node_md_degraded{${MD0}}`]: '0x60' }, '25m'),
];

import { expect, test } from '@jest/globals';
import { unitOf } from './metric-unit.js';

test.each([
  ['node_cpu_seconds_total', 'seconds'],
  ['probe_duration_seconds', 'seconds'],
  ['node_disk_io_time_seconds_total', 'seconds'],
  ['pipe_node_cache_default_ttl_seconds', 'seconds'],
  ['node_time_seconds', 'Unix time in seconds'],
  ['node_boot_time_seconds', 'Unix time in seconds'],
  ['node_systemd_unit_start_time_seconds', 'Unix time in seconds'],
  ['pipefleet_config_last_reload_success_timestamp_seconds', 'Unix time in seconds'],
  ['node_memory_MemTotal_bytes', 'bytes'],
  ['node_network_receive_bytes_total', 'bytes'],
  ['node_network_speed_bytes', 'bytes per second'],
  ['node_entropy_available_bits', 'bits'],
  ['pipe_node_window_cache_hit_ratio', 'ratio'],
  ['node_hwmon_temp_celsius', 'degrees Celsius'],
  ['node_thermal_zone_temp', 'degrees Celsius'],
  ['node_cpu_scaling_frequency_hertz', 'hertz'],
  ['node_hwmon_in_volts', 'volts'],
  ['node_hwmon_curr_amps', 'amperes'],
  ['node_hwmon_power_watt', 'watts'],
  ['node_rapl_package_joules_total', 'joules'],
  ['node_hwmon_fan_rpm', 'revolutions per minute'],
])('%s is measured in %s', (name, unit) => {
  expect(unitOf(name)).toBe(unit);
});

test.each([
  'node_uname_info',
  'node_load1',
  'probe_success',
  'node_disk_reads_completed_total',
  'node_filesystem_files',
  'node_processes_max_threads',
])('%s has no unit', (name) => {
  expect(unitOf(name)).toBe('');
});

import type { AlertGroup } from '../rule.js';
import { ACCESS_ALERTS } from './access.js';
import { AUDIT_ALERTS } from './audit.js';
import { CLOCK_ALERTS } from './clock.js';
import { DISK_ALERTS } from './disk.js';
import { EXPORTER_ALERTS } from './exporter.js';
import { HOST_ALERTS } from './host.js';
import { IDENTITY_ALERTS } from './identity.js';
import { JUMP_ALERTS } from './jump.js';
import { MEMORY_ALERTS } from './memory.js';
import { MONITORING_ALERTS } from './monitoring.js';
import { NETWORK_ALERTS } from './network.js';
import { PERFORMANCE_ALERTS } from './performance.js';
import { PUBLIC_ALERTS } from './public.js';
import { REACHABILITY_ALERTS } from './reachability.js';
import { SOFTWARE_ALERTS } from './software.js';
import { SYSTEM_ALERTS } from './system.js';
import { UPTIME_ALERTS } from './uptime.js';
import { VERSION_ALERTS } from './versions.js';

/** Every alert, in the order of the files and of docs/runbooks.md. */
export const ALERT_GROUPS: readonly AlertGroup[] = [
  REACHABILITY_ALERTS,
  ACCESS_ALERTS,
  SOFTWARE_ALERTS,
  PUBLIC_ALERTS,
  PERFORMANCE_ALERTS,
  UPTIME_ALERTS,
  IDENTITY_ALERTS,
  VERSION_ALERTS,
  SYSTEM_ALERTS,
  AUDIT_ALERTS,
  HOST_ALERTS,
  MEMORY_ALERTS,
  DISK_ALERTS,
  NETWORK_ALERTS,
  CLOCK_ALERTS,
  EXPORTER_ALERTS,
  JUMP_ALERTS,
  MONITORING_ALERTS,
];

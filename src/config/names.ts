/** Names of nodes, credentials, modules and groups: they stand in URLs, labels, tables and commands without quoting. */
export const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Names of fleets: they are parts of file names on nodes, also of sudoers.d, where sudo skips what has a dot. */
export const FLEET_NAME = /^[a-z][a-z0-9-]{0,31}$/;

/** https://prometheus.io/docs/concepts/data_model/: what every version of Prometheus accepts, less the `__` of its own labels. */
export const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/;

/** A beginning of the name of a metric, of the same data model. */
export const METRIC_PREFIX = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** Labels that say which target a series came from; the exporter or Prometheus sets them. */
const RESERVED_LABELS: readonly string[] = ['instance', 'job', 'group', 'jump'];

/**
 * Labels that the metrics of a node carry themselves, and those of alerts, histograms and summaries. Were a target to
 * have one too, Prometheus would rename the metric's own to `exported_…`, and rules and dashboards would go blind.
 */
export const SERIES_LABELS: readonly string[] = [
  'address',
  'adminstate',
  'alertname',
  'alertstate',
  'ana_state',
  'bios_date',
  'bios_release',
  'bios_vendor',
  'bios_version',
  'board_asset_tag',
  'board_name',
  'board_vendor',
  'board_version',
  'broadcast',
  'build_id',
  'cachesize',
  'channel',
  'chassis_asset_tag',
  'chassis_vendor',
  'chassis_version',
  'check',
  'chip',
  'chip_name',
  'class',
  'clocksource',
  'cntlid',
  'collector',
  'controller',
  'core',
  'cpu',
  'csrow',
  'device',
  'device_error',
  'digest',
  'dimm_label',
  'distribution',
  'domainname',
  'duplex',
  'endpoint',
  'family',
  'file',
  'firmware_revision',
  'fstype',
  'generation',
  'governor',
  'id',
  'id_like',
  'identity',
  'ifalias',
  'image_id',
  'image_version',
  'index',
  'ip',
  'label',
  'latitude',
  'le',
  'longitude',
  'lv_layer',
  'lv_name',
  'machine',
  'major',
  'master',
  'microcode',
  'minor',
  'mode',
  'model',
  'model_name',
  'mountpoint',
  'name',
  'nodename',
  'nsid',
  'operstate',
  'options',
  'package',
  'path',
  'phase',
  'pop_id',
  'pop_location',
  'pop_name',
  'port',
  'pretimeout_governor',
  'pretty_name',
  'product_family',
  'product_name',
  'product_sku',
  'product_version',
  'quantile',
  'queue',
  'reason',
  'release',
  'result',
  'revision',
  'rotational',
  'sensor',
  'serial',
  'severity',
  'state',
  'status',
  'stepping',
  'sysname',
  'system_vendor',
  'tier',
  'type',
  'unit',
  'usage',
  'uuid',
  'value',
  'variant',
  'variant_id',
  'vendor',
  'version',
  'version_codename',
  'version_id',
  'vg_name',
  'wwn',
  'zone',
];

/** Long enough for every real name and short enough to keep a pasted script or key out of a label. */
const MAX_LABEL_VALUE = 200;

const ENVIRONMENT_NAME = /^[A-Z_][A-Z0-9_]*$/;

/** Refuses what a login never is: empty, an option, or more than one word. */
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,63}\$?$/;

const CONTROL = /\p{Cc}/u;

/** What is wrong with the name of a node, credential, module or group, as the end of a sentence; undefined when nothing is. */
export function nameMistake(name: string): string | undefined {
  if (NAME.test(name)) return undefined;
  return 'is not a name; use up to 63 letters, digits, ".", "_" and "-", and start with a letter or digit';
}

/** What is wrong with the name of a fleet, as the end of a sentence; undefined when nothing is. */
export function fleetMistake(name: string): string | undefined {
  if (FLEET_NAME.test(name)) return undefined;
  return 'is not the name of a fleet; use up to 32 small letters, digits and "-", and start with a letter';
}

/** What is wrong with the name of an account on a node, as the end of a sentence; undefined when nothing is. */
export function userMistake(user: string): string | undefined {
  return USER.test(user) ? undefined : 'is not the name of an account; write one word such as "pipefleet"';
}

/** What is wrong with the name of an environment variable, as the end of a sentence that repeats no value. */
export function environmentMistake(name: string): string | undefined {
  if (ENVIRONMENT_NAME.test(name)) return undefined;
  return 'is not the name of an environment variable; use capital letters, digits and "_", never the secret itself';
}

/** What is wrong with the name of a label of a node, as the end of a sentence; undefined when nothing is. */
export function labelNameMistake(name: string): string | undefined {
  if (RESERVED_LABELS.includes(name))
    return 'is a label that is set for every node already; choose another name';
  if (SERIES_LABELS.includes(name)) return 'is a label of the metrics themselves; choose another name';
  if (name.startsWith('__'))
    return 'starts with "__", which Prometheus keeps for itself; choose another name';
  if (!LABEL_NAME.test(name))
    return 'is not a label name; use letters, digits and "_", and do not start with a digit';
  return undefined;
}

/** What is wrong with the beginning of the name of a metric, as the end of a sentence; undefined when nothing is. */
export function metricPrefixMistake(prefix: string): string | undefined {
  if (METRIC_PREFIX.test(prefix)) return undefined;
  return 'is not the beginning of a metric name; use letters, digits, "_" and ":", and do not start with a digit';
}

/** What is wrong with the value of such a label, as the end of a sentence; undefined when nothing is. */
export function labelValueMistake(value: string): string | undefined {
  if (value === '') return 'is empty, which Prometheus takes for no label; write a value or remove the label';
  if (value.length > MAX_LABEL_VALUE) return `is longer than ${MAX_LABEL_VALUE} characters; shorten it`;
  if (CONTROL.test(value))
    return 'contains a line break or another control character; write one line of text';
  return undefined;
}

import { ParseError } from './collector.js';
import type { Collector, Sample } from './collector.js';
import { SENSOR_METRICS, SENSOR_SPECS } from './hwmon-metrics.js';
import { trimTrailing } from '../core/text.js';

const FOLDER = '/sys/class/hwmon';
const SOURCE = `${FOLDER}/hwmon*/`;

/** Files of sensors; old drivers keep them in the folder of the device. Of pwm, not the curves, of which there are dozens. */
const PATTERNS = [
  ...['temp', 'in', 'curr', 'power', 'fan', 'energy', 'freq'].map((kind) => `${kind}[0-9]*_*`),
  'pwm[0-9]',
  'pwm[0-9]_enable',
];
const FILES = ['name', ...['', 'device/'].flatMap((folder) => PATTERNS.map((pattern) => folder + pattern))];
const filesOf = (chip: string): string => FILES.map((file) => `${chip}/${file}`).join(' ');

/**
 * Prints which device each chip belongs to, as `ls` shows a link, and `PATH:LINE` for each file. A machine without sensors, as
 * virtual ones are, starts no process for it. Reading may ask a slow bus, so it has a time limit. When that is over, each chip is asked
 * by itself: its lines follow `again`, and `hung` follows them when it is the one that hangs; what came before is cut off somewhere.
 */
const SCRIPT = `set -- ${FOLDER}/hwmon*
if [ -e "$1" ]; then
QUOTING_STYLE=literal ls -ln ${FOLDER}
t 3 grep -Hs . ${filesOf(`${FOLDER}/hwmon*`)}
if [ $? = 124 ]; then
y=$((_n+5))
for f; do
[ $_n -lt $y ] || break
printf '\\nagain\\n'
t 2 grep -Hs . ${filesOf('$f')}
[ $? != 124 ] || printf '\\nhung\\n'
done
fi
fi`;

const LINK = / (?<chip>hwmon\d+) -> (?<target>\S.*)$/;
const LINE = /^\/sys\/class\/hwmon\/(?<chip>hwmon\d+)\/(?:device\/)?(?<file>[a-z0-9_]+):(?<text>.*)$/;
const SENSOR = /^(?<kind>[a-z]+)0*(?<number>\d{1,9})(?:_(?<attribute>[a-z_]+))?$/;
const VALUE = /^[+-]?\d{1,20}$/;
const UNFIT = /[^a-z0-9:_]/g;
const LEADING = /^_+/;

/** Temperatures, voltages, fans and power, as the sensors of the board tell them. */
export const hwmon: Collector = {
  name: 'hwmon',
  module: 'node',
  summary:
    'Temperatures, voltages, fans and power, as the sensors of the machine tell them; virtual machines have none.',
  metrics: {
    node_hwmon_chip_names: {
      type: 'gauge',
      help: 'Always 1; the label chip_name is what the driver calls the chip.',
      labels: ['chip', 'chip_name'],
      source: SOURCE,
    },
    node_hwmon_sensor_label: {
      type: 'gauge',
      help: 'Always 1; the label is what the driver calls the sensor.',
      labels: ['chip', 'sensor', 'label'],
      source: SOURCE,
    },
    ...SENSOR_SPECS,
  },
  script: () => SCRIPT,
  parse: ({ output }) => {
    const [first = '', ...later] = output.split('\nagain\n');
    if (later.length === 0) return readChips(first.split('\n'));
    const whole = later.filter((chip) => !chip.includes('\nhung\n'));
    if (whole.length === 0) throw new ParseError('No sensor answered within 2 s.');
    const links = first.split('\n').filter((line) => LINK.test(line));
    return readChips([...links, ...whole.join('\n').split('\n')]);
  },
};

/** What one chip told: sensor -> attribute -> text. The attribute of a plain `pwm1` is empty. */
interface Chip {
  readonly target: string;
  name: string;
  readonly sensors: Map<string, { readonly kind: string; readonly attributes: Map<string, string> }>;
}

function readChips(lines: readonly string[]): Sample[] {
  const chips = new Map<string, Chip>();
  for (const line of lines) {
    const { chip = '', target = '' } = LINK.exec(line)?.groups ?? {};
    if (chip !== '') chips.set(chip, { target, name: '', sensors: new Map() });
  }
  for (const line of lines) {
    const { chip: id = '', file = '', text = '' } = LINE.exec(line)?.groups ?? {};
    const chip = chips.get(id);
    if (chip === undefined) continue;
    if (file === 'name') chip.name = text.trim();
    const { kind, number, attribute = '' } = SENSOR.exec(file)?.groups ?? {};
    if (kind === undefined || number === undefined) continue;
    const known = chip.sensors.get(kind + number);
    if (known === undefined)
      chip.sensors.set(kind + number, { kind, attributes: new Map([[attribute, text]]) });
    else known.attributes.set(attribute, text);
  }

  const samples = new Map<string, Sample>();
  for (const [label, chip] of nameChips(chips)) {
    for (const sample of readChip(label, chip))
      samples.set(JSON.stringify([sample.metric, sample.labels]), sample);
  }
  return [...samples.values()];
}

/**
 * The label of each chip as node_exporter makes it: parent and name of its device, else the chip's own name. Several chips of
 * one device are told apart by their names, or by their numbers where they have the same.
 */
function nameChips(chips: ReadonlyMap<string, Chip>): [label: string, chip: Chip][] {
  const named = Array.from(chips, ([id, chip]) => ({ id, chip, base: baseName(id, chip) }));
  const ofDevice = new Map<string, number>();
  const ofDeviceAndName = new Map<string, number>();
  for (const { chip, base } of named) {
    increment(ofDevice, base);
    increment(ofDeviceAndName, `${base} ${chip.name}`);
  }
  return named.map(({ id, chip, base }) => {
    if (ofDevice.get(base) === 1) return [base, chip];
    const name = clean(chip.name);
    const isOwn = name !== '' && ofDeviceAndName.get(`${base} ${chip.name}`) === 1;
    return [`${base}_${isOwn ? name : id}`, chip];
  });
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/**
 * @param id such as `hwmon0`; its link leads to `…/PARENT/DEVICE/hwmon/hwmon0`, or without the third part where the device is
 *   itself of a class, or to `…/virtual/hwmon/hwmon0` where there is no device
 */
function baseName(id: string, { target, name }: Chip): string {
  const path = target.split('/').slice(0, -1);
  if (path.at(-1) === 'hwmon') path.pop();
  const [parent = '', device = ''] = path.slice(-2).map(clean);
  if (device !== '' && !(parent === 'devices' && device === 'virtual'))
    return parent === '' ? device : `${parent}_${device}`;
  return clean(name) || id;
}

function readChip(chip: string, { name, sensors }: Chip): Sample[] {
  const samples: Sample[] = [];
  const chipName = clean(name);
  if (chipName !== '')
    samples.push({ metric: 'node_hwmon_chip_names', labels: { chip, chip_name: chipName }, value: 1 });
  for (const [sensor, { kind, attributes }] of sensors) {
    const label = attributes.get('label');
    if (label !== undefined)
      samples.push({ metric: 'node_hwmon_sensor_label', labels: { chip, sensor, label }, value: 1 });
    for (const [attribute, text] of attributes) {
      const spec = SENSOR_METRICS.get(attribute === '' ? kind : `${kind}_${attribute}`);
      if (spec === undefined || !VALUE.test(text)) continue;
      // node_exporter gives frequencies only where they have a name, and under that.
      if (kind === 'freq' && label === undefined) continue;
      const labels = { chip, sensor: kind === 'freq' ? clean(label ?? '') : sensor };
      const { metric, multiply = 1, divide = 1 } = spec;
      samples.push({ metric, labels, value: (Number(text) * multiply) / divide });
    }
  }
  return samples;
}

/** Text as part of a label that is to be stable. */
function clean(text: string): string {
  return trimTrailing(text.toLowerCase().replaceAll(UNFIT, '_'), '_').replace(LEADING, '');
}

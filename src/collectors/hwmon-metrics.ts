import type { MetricSpec } from './collector.js';

/** What becomes of one attribute of a sensor, see the kernel's Documentation/hwmon/sysfs-interface.rst. */
export interface SensorMetric {
  readonly metric: string;
  readonly help: string;
  readonly type?: 'counter';
  /** One unit of the attribute in units of the metric is `multiply` / `divide`, which node_exporter rounds so too. */
  readonly multiply?: number;
  readonly divide?: number;
}

const MILLI = { multiply: 0.001 } as const;
const MICRO = { divide: 1e6 } as const;

/** Attributes of one kind of sensor that are told in the same unit: what they are, by name. */
interface Kind {
  readonly unit: string;
  readonly scale: Pick<SensorMetric, 'multiply' | 'divide'>;
  readonly of: Readonly<Record<string, string>>;
}

const LIMITS = {
  min: 'Lower limit of',
  max: 'Upper limit of',
  lcrit: 'Lower critical limit of',
  crit: 'Upper critical limit of',
} as const;

const KINDS: Readonly<Record<string, Kind & { readonly what: string }>> = {
  temp: {
    what: 'the temperature in degrees Celsius',
    unit: 'celsius',
    scale: MILLI,
    of: {
      ...LIMITS,
      max_hyst: 'Where the alarm of the upper limit ends, for',
      crit_hyst: 'Where the alarm of the upper critical limit ends, for',
      emergency: 'Emergency limit of',
    },
  },
  in: {
    what: 'the voltage in volts',
    unit: 'volts',
    scale: MILLI,
    of: { ...LIMITS, average: 'Average of' },
  },
  curr: {
    what: 'the current in amperes',
    unit: 'amps',
    scale: MILLI,
    of: { ...LIMITS, average: 'Average of' },
  },
  power: {
    what: 'the power in watts',
    unit: 'watt',
    scale: MICRO,
    of: {
      max: LIMITS.max,
      crit: LIMITS.crit,
      average: 'Average of',
      average_min: 'Lower limit of the average of',
      average_max: 'Upper limit of the average of',
      cap: 'What the system keeps below, of',
      cap_min: 'The least cap of',
      cap_max: 'The greatest cap of',
    },
  },
  fan: {
    what: 'the rotations a minute',
    unit: 'rpm',
    scale: {},
    of: { min: LIMITS.min, max: LIMITS.max, target: 'What is wanted of' },
  },
};

const alarm = (kind: string, what: string): [string, SensorMetric] => [
  `${kind}_alarm`,
  {
    metric: `node_hwmon_${kind}_alarm`,
    help: `1 while the sensor raises an alarm about ${what}, else 0.`,
  },
];

/** Metric for each attribute that is passed on, by the name of its file without the number of the sensor: `temp_input`. */
export const SENSOR_METRICS: ReadonlyMap<string, SensorMetric> = new Map<string, SensorMetric>([
  ...Object.entries(KINDS).flatMap(([kind, { what, unit, scale, of }]): [string, SensorMetric][] => [
    [`${kind}_input`, { metric: `node_hwmon_${kind}_${unit}`, help: `Measured: ${what}.`, ...scale }],
    ...Object.entries(of).map(([attribute, words]): [string, SensorMetric] => [
      `${kind}_${attribute}`,
      { metric: `node_hwmon_${kind}_${attribute}_${unit}`, help: `${words} ${what}.`, ...scale },
    ]),
    alarm(kind, what),
  ]),
  [
    'temp_crit_alarm',
    {
      metric: 'node_hwmon_temp_crit_alarm_celsius',
      help: 'Not 0 while the temperature is critical; the name and the factor of 0.001 are those of node_exporter.',
      ...MILLI,
    },
  ],
  ['temp_fault', { metric: 'node_hwmon_temp_fault', help: '1 while the sensor is broken, else 0.' }],
  ['fan_fault', { metric: 'node_hwmon_fan_fault', help: '1 while the fan is broken, else 0.' }],
  [
    'power_average_interval',
    {
      metric: 'node_hwmon_power_average_interval_seconds',
      help: 'Seconds over which the power is averaged.',
      ...MILLI,
    },
  ],
  [
    'power_accuracy',
    { metric: 'node_hwmon_power_accuracy', help: 'Accuracy of the meter as a ratio.', ...MICRO },
  ],
  [
    'energy_input',
    {
      metric: 'node_hwmon_energy_joule_total',
      help: 'Energy used so far in joules.',
      type: 'counter',
      ...MICRO,
    },
  ],
  ['pwm', { metric: 'node_hwmon_pwm', help: 'How hard the fan is driven, from 0 to 255.' }],
  [
    'pwm_enable',
    {
      metric: 'node_hwmon_pwm_enable',
      help: 'How the fan is steered: 0 at full speed, 1 by hand, else by itself.',
    },
  ],
  [
    'freq_input',
    {
      metric: 'node_hwmon_freq_freq_mhz',
      help: 'Frequency in megahertz; the label sensor is the name of what runs at it.',
      ...MICRO,
    },
  ],
]);

/** The same as promises of the collector. */
export const SENSOR_SPECS: Readonly<Record<string, MetricSpec>> = Object.fromEntries(
  Array.from(SENSOR_METRICS.values(), ({ metric, help, type }): [string, MetricSpec] => [
    metric,
    { type: type ?? 'gauge', help, labels: ['chip', 'sensor'], source: '/sys/class/hwmon/hwmon*/' },
  ]),
);

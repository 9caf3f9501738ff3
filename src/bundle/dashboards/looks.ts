import {
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type ThresholdsConfig,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';

type Builder<Built> = { build(): Built };

/** Colours with a meaning; Grafana adapts them to its light and dark theme. */
export type Colour = 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'purple' | 'text';

/** Words and colours in place of numbers. */
export function words(
  meaning: Readonly<Record<string, readonly [text: string, colour: Colour]>>,
): ValueMapping {
  const options: Record<string, { text: string; color: string; index: number }> = {};
  for (const [index, [value, [text, color]]] of Object.entries(meaning).entries()) {
    options[value] = { text, color, index };
  }
  return { type: MappingType.ValueToText, options };
}

/** Colours by value: from each bound on, its colour. The first colour holds below all bounds. */
export function bounds(
  first: Colour,
  ...steps: readonly (readonly [from: number, colour: Colour])[]
): Builder<ThresholdsConfig> {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([{ value: null, color: first }, ...steps.map(([value, color]) => ({ value, color }))]);
}

/** The state of a node as `nodeState` gives it. */
export const NODE_STATE = words({
  '1': ['Up', 'green'],
  '0': ['Down', 'red'],
  '-1': ['Not scraped', 'purple'],
});

/** A boolean whose 1 is good. */
export const YES_NO = words({ '1': ['Yes', 'green'], '0': ['No', 'red'] });

/** Shares of something that runs out: 80 % is worth a look, 90 % is worth a hand. */
export const FILL = bounds('green', [0.8, 'yellow'], [0.9, 'red']);

/** Shares of time, best when all of it. */
export const AVAILABILITY = bounds('red', [0.95, 'orange'], [0.99, 'yellow'], [0.999, 'green']);

/** A boolean whose 1 is bad. */
export const BAD_IF_SO = words({ '1': ['Yes', 'red'], '0': ['No', 'green'] });

/** Seconds until something ends: a week is worth a look, a day a hand. */
export const TIME_LEFT = bounds('red', [86_400, 'orange'], [7 * 86_400, 'green']);

/** Severities of alerts and checks. */
export const SEVERITY = words({
  critical: ['critical', 'red'],
  warning: ['warning', 'orange'],
  info: ['info', 'blue'],
});

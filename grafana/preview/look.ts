import type { FieldConfig, Mapping, Panel, Thresholds } from './model.js';
import { formatOf } from './units.js';

/** Grafana's dark colours by their names. */
const COLOURS: Readonly<Record<string, string>> = {
  green: '#73BF69',
  yellow: '#FADE2A',
  orange: '#FF9830',
  red: '#F2495C',
  blue: '#5794F2',
  purple: '#B877D9',
  text: '#CCCCDC',
};

/** Colours of lines, one after the other. */
export const PALETTE: readonly string[] = [
  '#73BF69',
  '#F2CC0C',
  '#8AB8FF',
  '#FF780A',
  '#F2495C',
  '#5794F2',
  '#B877D9',
  '#705DA0',
  '#37872D',
  '#FADE2A',
  '#447EBC',
  '#C15C17',
  '#890F02',
  '#0A437C',
  '#6D1F62',
  '#584477',
];

/** How one value shows: in words, and in which colour; undefined is that of text. */
export interface Shown {
  readonly text: string;
  readonly colour: string | undefined;
}

/** A value as the field's mappings, unit and thresholds make it. `now` is in milliseconds. */
export function show(value: number | string | undefined, config: FieldConfig, now: number): Shown {
  if (value === undefined || (typeof value === 'number' && Number.isNaN(value))) {
    return { text: config.noValue ?? '', colour: undefined };
  }
  const mapped = mappedBy(config.mappings ?? [], value);
  const text = typeof value === 'string' ? value : formatOf(config.unit)(value, config.decimals, now);
  return {
    text: mapped?.text ?? text,
    colour:
      colourOf(mapped?.color) ??
      (typeof value === 'number' ? thresholdColour(value, config.thresholds) : undefined),
  };
}

/** The colour of a value by the thresholds. */
export function thresholdColour(value: number, thresholds: Thresholds | undefined): string | undefined {
  const step = thresholds?.steps?.findLast(({ value: from }) => from === null || value >= from);
  return step?.color === 'text' ? undefined : colourOf(step?.color);
}

/** The colour behind a name; what is none is a colour already. */
export function colourOf(name: string | undefined): string | undefined {
  return name === undefined ? undefined : (COLOURS[name] ?? name);
}

function mappedBy(
  mappings: readonly Mapping[],
  value: number | string,
): { readonly text?: string; readonly color?: string } | undefined {
  for (const { type, options } of mappings) {
    if (type === 'value' && Object.hasOwn(options, String(value))) {
      return options[String(value)] as { text?: string; color?: string };
    }
  }
  return undefined;
}

/** The configuration of one field: the defaults of the panel, changed by the overrides that name it. */
export function configOf(panel: Panel, field: string): FieldConfig {
  const { defaults = {}, overrides = [] } = panel.fieldConfig ?? {};
  let config: FieldConfig = defaults;
  for (const { matcher, properties } of overrides) {
    if (matcher.id !== 'byName' || matcher.options !== field) continue;
    for (const { id, value } of properties) {
      config = id.startsWith('custom.')
        ? { ...config, custom: { ...config.custom, [id.slice('custom.'.length)]: value } }
        : { ...config, [id]: value };
    }
  }
  return config;
}

/** The colour of a line by its place. */
export function lineColour(index: number): string {
  return PALETTE[index % PALETTE.length] ?? NEUTRAL;
}

/** For what has no colour of its own. */
export const NEUTRAL = '#44464f';

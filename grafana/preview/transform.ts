import { PipefleetError } from '../../src/core/errors.js';
import type { Field, Frame, Value } from './frames.js';
import type { Transformation } from './model.js';

type Options = Readonly<Record<string, unknown>>;

/** What each transformation makes of the frames. `timeSeriesTable` is done when the frames are made. */
const TRANSFORMATIONS: Readonly<Record<string, (frames: readonly Frame[], options: Options) => Frame[]>> = {
  timeSeriesTable: (frames) => [...frames],
  filterFieldsByName: (frames, { include }) => {
    const names = (include as { readonly names?: readonly string[] } | undefined)?.names ?? [];
    return frames.map((frame) => ({
      ...frame,
      fields: frame.fields.filter(({ name }) => names.includes(name)),
    }));
  },
  joinByField: (frames, { byField }) => [outerJoin(frames, String(byField))],
  organize: (frames, { renameByName, indexByName, excludeByName }) =>
    frames.map((frame) =>
      organize(
        frame,
        (renameByName ?? {}) as Names,
        (indexByName ?? {}) as Indices,
        (excludeByName ?? {}) as Flags,
      ),
    ),
  convertFieldType: (frames, { conversions }) => {
    const numbers = (conversions as readonly { targetField: string; destinationType: string }[])
      .filter(({ destinationType }) => destinationType === 'number')
      .map(({ targetField }) => targetField);
    return frames.map((frame) => ({
      ...frame,
      fields: frame.fields.map((field) =>
        numbers.includes(field.name) ? { ...field, values: field.values.map(Number) } : field,
      ),
    }));
  },
};

type Names = Readonly<Record<string, string>>;
type Indices = Readonly<Record<string, number>>;
type Flags = Readonly<Record<string, boolean>>;

/**
 * Runs the transformations of a panel, one after the other.
 *
 * @throws {PipefleetError} when one is not known here
 */
export function transform(frames: readonly Frame[], steps: readonly Transformation[]): Frame[] {
  let current = [...frames];
  for (const { id, options = {}, disabled = false } of steps) {
    const step = TRANSFORMATIONS[id];
    if (step === undefined) {
      throw new PipefleetError('config_invalid', `The transformation "${id}" is not known to the preview.`);
    }
    if (!disabled) current = step(current, options);
  }
  return current;
}

/** One row for each value of the field in any frame; fields that have one name in several frames stand beside each other. */
function outerJoin(frames: readonly Frame[], key: string): Frame {
  const keys = [...new Set(frames.flatMap((frame) => fieldOf(frame, key)?.values ?? []))];
  const fields: Field[] = [{ name: key, values: keys }];
  for (const frame of frames) {
    const own = fieldOf(frame, key)?.values ?? [];
    const rowOf = new Map(own.map((value, index) => [value, index]));
    for (const { name, values } of frame.fields) {
      if (name === key) continue;
      fields.push({ name, values: keys.map((value) => valueAt(values, rowOf.get(value))) });
    }
  }
  return { refId: 'joined', fields };
}

function valueAt(values: readonly Value[], row: number | undefined): Value {
  return row === undefined ? undefined : values[row];
}

function fieldOf(frame: Frame, name: string): Field | undefined {
  return frame.fields.find((field) => field.name === name);
}

function organize(frame: Frame, names: Names, indices: Indices, excluded: Flags): Frame {
  const place = ({ name }: Field): number => indices[name] ?? Infinity;
  const seen = new Set<string>();
  return {
    ...frame,
    fields: frame.fields
      .filter(({ name }) => excluded[name] !== true)
      .filter(({ name }) => !seen.has(name) && seen.add(name).size > 0)
      .sort((a, b) => place(a) - place(b))
      .map((field) => ({ ...field, name: names[field.name] ?? field.name })),
  };
}

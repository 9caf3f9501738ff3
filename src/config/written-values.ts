import * as z from 'zod';
import { NAME, nameMistake } from './names.js';
import { pathMistake } from './paths.js';
import { DURATION, MAX_DURATION_SECONDS, parseDuration, parseSize, SIZE } from './quantities.js';

/** Text as it is written, and the number that it stands for. */
export type Quantity = z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>;

/** What editors show about a value. */
export interface Help {
  readonly description: string;
  readonly examples?: unknown[];
  readonly pattern?: string;
}

/**
 * Text under one rule, which tells the first thing that is wrong with it.
 *
 * @param number what to say when a number stands where the text is expected, unless quotes would mend it
 */
export function text(
  mistake: (value: string) => string | undefined,
  help: Help,
  number?: string,
): z.ZodString {
  return z
    .string({ error: ({ input }) => (typeof input === 'number' ? number : undefined) })
    .superRefine((value, context) => {
      const message = mistake(value);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .meta({ ...help });
}

/** Text that is a name. */
export function name(description: string, examples?: string[]): z.ZodString {
  return text(nameMistake, { description, pattern: NAME.source, ...(examples && { examples }) });
}

/** Text that is the path of a file. */
export function path(description: string, examples: string[]): z.ZodString {
  return text(pathMistake, { description, examples });
}

/** One word out of a few. */
export function oneOf<Word extends string>(
  words: readonly [Word, ...Word[]],
  description: string,
): z.ZodEnum<{ [Key in Word]: Key }> {
  const rule = `must be one of: ${words.join(', ')}`;
  return z
    .enum(words, { error: ({ input }) => (input === undefined || input === null ? undefined : rule) })
    .meta({ description });
}

/** A whole number between bounds that belong to it. */
export function wholeNumber(minimum: number, maximum: number, description: string): z.ZodInt {
  const rule = `must be a whole number from ${minimum} to ${maximum}; write it without quotes or a unit`;
  return z
    .int({ error: ({ input }) => (input === undefined || input === null ? undefined : rule) })
    .min(minimum, rule)
    .max(maximum, rule)
    .meta({ description });
}

/** A number of degrees on either side of zero. */
export function degrees(limit: number, description: string, example: number): z.ZodNumber {
  const rule = `must be a number from -${limit} to ${limit}; write decimal degrees such as ${example}`;
  return z
    .number({ error: ({ input }) => (input === undefined || input === null ? undefined : rule) })
    .min(-limit, rule)
    .max(limit, rule)
    .meta({ description, examples: [example] });
}

/** A duration in seconds. */
export function duration(
  description: string,
  example: string,
  least: 'positive' | 'zero' = 'positive',
): Quantity {
  const rule = (value: string) => {
    const seconds = parseDuration(value);
    if (seconds === undefined)
      return `is not a duration; write whole numbers with units, such as "${example}"`;
    if (seconds === 0 && least === 'positive')
      return `must be longer than zero; write for example "${example}"`;
    if (seconds > MAX_DURATION_SECONDS) return 'is longer than 7 days; shorten it';
    return undefined;
  };
  const pattern = DURATION.source.replaceAll(/\?<\w+>/g, '');
  return quantity(rule, { description, examples: [example], pattern }, (value) => parseDuration(value) ?? 0);
}

/** A number of bytes. */
export function size(minimum: string, maximum: string, description: string, example: string): Quantity {
  const rule = (value: string) => {
    const bytes = parseSize(value);
    if (bytes === undefined)
      return `is not a size; write a whole number with B, KiB, MiB or GiB, such as "${example}"`;
    if (bytes < (parseSize(minimum) ?? 0) || bytes > (parseSize(maximum) ?? 0)) {
      return `must be from ${minimum} to ${maximum}; write for example "${example}"`;
    }
    return undefined;
  };
  const pattern = SIZE.source.replaceAll(/\?<\w+>/g, '');
  return quantity(rule, { description, examples: [example], pattern }, (value) => parseSize(value) ?? 0);
}

function quantity(
  rule: (value: string) => string | undefined,
  help: Help,
  parse: (value: string) => number,
): Quantity {
  return text(rule, help, `has no unit; write for example "${String(help.examples?.[0])}"`).transform(parse);
}

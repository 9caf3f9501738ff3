import * as z from 'zod';
import { parseDuration } from '../../config/quantities.js';
import { trimTrailing } from '../../core/text.js';

/** Text that is not empty. */
export const text = (example: string): z.ZodString =>
  z
    .string()
    .min(1, 'is empty; write a value')
    .meta({ examples: [example] });

/** The path of a file that holds a secret. */
export const file = (example: string): z.ZodString =>
  z
    .string()
    .regex(
      /^\/./,
      'is no absolute path; write that of a file with the secret in it as Alertmanager sees it, such as /run/secrets/token',
    )
    .meta({ examples: [example] });

/** Where a secret is wanted as a file, the key for its value is refused with the way to do it. */
export const instead = (key: string): z.ZodOptional<z.ZodNever> =>
  z
    .never({ error: `would put a secret into this file; write it into a file and name that as "${key}"` })
    .optional();

/** A Prometheus duration, with what holds when it is left out. */
export const duration = (value: string): z.ZodDefault<z.ZodString> =>
  z
    .string()
    .refine((written) => (parseDuration(written) ?? 0) > 0, 'is no duration; write one such as 2h')
    .default(value);

/** A time of day. */
export const clock = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'is no time of day; write one such as 22:00');

/** Stands in a template and in links: nothing that either would read as more than an address. */
export const address = (example: string): z.ZodPipe<z.ZodString, z.ZodTransform<string, string>> =>
  z
    .string()
    .regex(
      /^https?:\/\/[\w.:[\]-]+(?:\/[\w.~%/-]*)?$/,
      `is no address, or has a password or a question in it; write one such as ${example}`,
    )
    .transform((written) => trimTrailing(written, '/'))
    .meta({ examples: [example] });

/** The name of a receiver. */
export const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'is no name; use letters, digits, ".", "_" and "-"');

/** The name of a label. */
export const labelName = z
  .string()
  .regex(/^[a-zA-Z_]\w*$/, 'is no name of a label; use letters, digits and "_"');

import * as z from 'zod';
import { clock } from './written-values.js';

/** In the order of a week. */
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;

/** When warnings and notes wait. */
export const quietHours = z.strictObject({
  from: clock,
  to: clock,
  weekdays: z.array(z.enum(WEEKDAYS, { error: 'is no day; write monday to sunday' })).optional(),
  time_zone: z
    .string()
    .refine((zone) => isTimeZone(zone), 'is no time zone; write one such as Europe/Berlin')
    .default('UTC'),
  severities: z
    .array(
      z.enum(['warning', 'info'], { error: 'can be warning or info; what is critical is told at any hour' }),
    )
    .default(['warning', 'info']),
});

export type QuietHours = z.output<typeof quietHours>;

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    return false;
  }
}

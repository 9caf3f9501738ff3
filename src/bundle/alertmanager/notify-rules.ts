import type * as z from 'zod';
import type { QuietHours } from './quiet-hours.js';

/** Receivers that are there without being written, and send nothing. */
export const SILENT = ['operator', 'notes'] as const;

/** Always there, for the dead man's switch. */
const WATCHDOG = 'watchdog';

/** What of the settings refers to each other. */
interface Told {
  readonly receivers: readonly { readonly name: string }[];
  readonly critical: string;
  readonly warning: string;
  readonly info: string;
  readonly teams: readonly { readonly receiver: string; readonly critical?: string | undefined }[];
  readonly quiet_hours?: Pick<QuietHours, 'from' | 'to'> | undefined;
}

/** What no single key can be judged for: names that must be there, and must be used. */
export function checkNotify(told: Told, context: z.RefinementCtx): void {
  const fail = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  const names = told.receivers.map(({ name }) => name);
  const known: readonly string[] = [...SILENT, ...names];
  const mentions = mentionsOf(told);
  for (const [path, wanted] of mentions) {
    if (!known.includes(wanted)) fail(path, `names no receiver; there are ${[...new Set(known)].join(', ')}`);
  }
  for (const [index, name] of names.entries()) {
    const at = ['receivers', index, 'name'];
    if (name === WATCHDOG) fail(at, `is the name of the receiver of "dead_man"; choose another`);
    else if (names.indexOf(name) !== index)
      fail(at, 'is the name of another receiver too; choose another, or write both ways into one');
    else if (!mentions.some(([, wanted]) => wanted === name))
      fail(at, 'is told nothing; name it as "critical", "warning", "info" or in "teams", or remove it');
  }
  if (told.quiet_hours !== undefined && told.quiet_hours.from === told.quiet_hours.to)
    fail(['quiet_hours', 'to'], 'is the same as "from"; write when the quiet hours end');
}

/** Every place that names a receiver. */
function mentionsOf({ critical, warning, info, teams }: Told): readonly [(string | number)[], string][] {
  const all: [(string | number)[], string | undefined][] = [
    [['critical'], critical],
    [['warning'], warning === critical ? undefined : warning],
    [['info'], info],
  ];
  for (const [index, team] of teams.entries()) {
    all.push([['teams', index, 'receiver'], team.receiver], [['teams', index, 'critical'], team.critical]);
  }
  return all.filter((mention): mention is [(string | number)[], string] => mention[1] !== undefined);
}

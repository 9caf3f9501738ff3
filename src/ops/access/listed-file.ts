import { createHash } from 'node:crypto';
import { placeOf, putRight } from './claims.js';
import type { MachineFacts, PlaceFacts } from './facts.js';
import { NOTHING, type Plan } from './step.js';

/** SHA-256 of a text, in hexadecimal. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** What keeps a file from being read or replaced, without its end; undefined when nothing does. */
export function fileTrouble({ what, why }: PlaceFacts, path: string): string | undefined {
  if (what === 'none' || what === 'file') return undefined;
  if (what === 'unsafe') return why;
  return `${path} is ${what === 'link' ? 'a link' : 'no file'}`;
}

/** What a file of root's must be. */
export interface WantedFile {
  readonly subject: string;
  readonly path: string;
  readonly text: string;
  readonly mode: string;
  /** In words. */
  readonly detail: string;
  /** Whether one with another text is pipefleet's, and may be replaced. */
  readonly mayReplace: (text: string) => boolean;
  /** POSIX sh that writes it. */
  readonly script: string;
}

/** Makes a file right, unless there is one that is not pipefleet's. */
export function planFile(
  { subject, path, text, mode, detail, mayReplace, script }: WantedFile,
  facts: MachineFacts,
): Plan {
  const place = placeOf(facts, path);
  const wrong = fileTrouble(place, path);
  if (wrong !== undefined) return { steps: [], blockers: [putRight(wrong)] };
  if (place.text === undefined)
    return { steps: [{ change: 'create', subject, detail, script }], blockers: [] };
  if (place.text !== text && !mayReplace(place.text)) {
    return {
      steps: [],
      blockers: [
        `On the node, ${path} is there already, and pipefleet has not made it; move it away, then try again.`,
      ],
    };
  }
  const right = place.text === text && place.owner === '0:0' && place.mode === mode;
  return {
    steps: [
      right ? { change: 'keep', subject, detail, script: '' } : { change: 'change', subject, detail, script },
    ],
    blockers: [],
  };
}

/** Removes a file that the manifest lists, unless somebody has changed it since. */
export function removeListed(
  { subject, path, script }: Pick<WantedFile, 'subject' | 'path' | 'script'>,
  digest: string,
  facts: MachineFacts,
): Plan {
  const place = placeOf(facts, path);
  if (place.what === 'none') return NOTHING;
  const wrong = fileTrouble(place, path);
  if (wrong !== undefined) return { steps: [], blockers: [putRight(wrong)] };
  if (place.text === undefined || digestOf(place.text) !== digest) {
    return {
      steps: [],
      blockers: [
        `On the node, somebody has changed ${path} since pipefleet wrote it, so that it is not removed; let pipefleet nodes setup write it again, or remove it by hand.`,
      ],
    };
  }
  return { steps: [{ change: 'remove', subject, detail: path, script }], blockers: [] };
}

import { GATE_BEGINNING } from '../../gate/render.js';
import { count } from '../../core/text.js';
import { type Claims, isShared, placeOf } from './claims.js';
import type { DesiredAccess } from './desired.js';
import type { MachineFacts } from './facts.js';
import { putFile, removeGate } from './file-scripts.js';
import { digestOf, planFile, removeListed } from './listed-file.js';
import { NOTHING, type Plan } from './step.js';

/** The gate, which all fleets of a node share: any of them may replace it. */
export function planGate({ gate }: DesiredAccess, facts: MachineFacts, claims: Claims): Plan {
  const { path, text, version, digest } = gate;
  const was = placeOf(facts, path).text;
  const { length } = claims.others;
  const listed =
    claims.mine?.gate !== undefined || isShared(claims, (manifest) => manifest.gate !== undefined);
  const words = [
    `${path}, version ${version}, sha256 ${digest.slice(0, 16)}…`,
    ...(was === undefined || was === text ? [] : [`(was sha256 ${digestOf(was).slice(0, 16)}…)`]),
    ...(length === 0 ? [] : [`(shared with ${count(length, 'other fleet')})`]),
  ];
  return planFile(
    {
      subject: 'gate',
      path,
      text,
      mode: '755',
      detail: words.join(' '),
      // One that no manifest lists was written by an earlier version, when it begins as only a gate does.
      mayReplace: (found) => listed || found.startsWith(GATE_BEGINNING),
      script: putFile(path, text, '755'),
    },
    facts,
  );
}

/** Takes the gate away, when no other fleet uses it. */
export function planGateRemoval(path: string, facts: MachineFacts, claims: Claims): Plan {
  const digest = claims.mine?.gate;
  if (digest === undefined) return NOTHING;
  if (isShared(claims, (manifest) => manifest.gate !== undefined)) {
    const detail = `${path} stays: another fleet uses it`;
    return { steps: [{ change: 'keep', subject: 'gate', detail, script: '' }], blockers: [] };
  }
  return removeListed({ subject: 'gate', path, script: removeGate(path, claims.path) }, digest, facts);
}

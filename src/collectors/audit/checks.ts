import { ParseError, type CollectorInput } from '../collector.js';
import { accountChecks, accountsPart } from './accounts.js';
import { SEVERITIES, unknown, type AuditCheck, type Judgement } from './check.js';
import { containerChecks, containersPart } from './containers.js';
import { readEvidence, type Evidence, type EvidencePart } from './evidence.js';
import { fileChecks, foldersPart, processesPart, writablePart } from './files.js';
import { FIREWALL_FILES, firewallChecks, firewallPart, unitsPart } from './firewall.js';
import { KERNEL_FILES, kernelChecks } from './kernel.js';
import { keyChecks, keysPart } from './keys.js';
import { socketChecks, socketsPart } from './sockets.js';
import { sshdChecks, sshdPart } from './sshd.js';
import { SSHD_FILES } from './sshd-settings.js';
import { updateChecks, updatesPart, UPDATES_FILES } from './updates.js';

/** Every check, the worst first. */
export const CHECKS: readonly AuditCheck[] = [
  ...sshdChecks,
  ...keyChecks,
  ...accountChecks,
  ...firewallChecks,
  ...socketChecks,
  ...fileChecks,
  ...containerChecks,
  ...updateChecks,
  ...kernelChecks,
].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));

/** What the script gathers for them. */
export const PARTS: readonly EvidencePart[] = [
  sshdPart,
  keysPart,
  accountsPart,
  unitsPart,
  firewallPart,
  socketsPart,
  foldersPart,
  writablePart,
  processesPart,
  containersPart,
  updatesPart,
];

/** The files that they go by. */
export const FILES: readonly string[] = [...SSHD_FILES, ...FIREWALL_FILES, ...UPDATES_FILES, ...KERNEL_FILES];

const TIMED_OUT = 124;

/**
 * Judges what a node gave by every check, in the order of {@link CHECKS}.
 *
 * @throws {ParseError} when the output is not that of the script
 */
export function judgeAll(input: CollectorInput): Judgement[] {
  const evidence = readEvidence(input);
  if (evidence.parts.size === 0) throw new ParseError('The script of the audit gathered nothing.');
  return CHECKS.map((check) => ({ check, ...judge(check, evidence) }));
}

function judge(check: AuditCheck, evidence: Evidence): ReturnType<AuditCheck['judge']> {
  for (const name of check.parts) {
    const status = evidence.parts.get(name)?.status;
    if (status === undefined) return unknown(`The node did not get as far as ${name}.`);
    if (status === TIMED_OUT) return unknown(`The node took too long to look at ${name}.`);
  }
  return check.judge(evidence);
}

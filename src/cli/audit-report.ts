import { count } from '../core/text.js';

/** From the worst to what is merely worth knowing. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One check of one node. */
export interface AuditFinding {
  readonly check: string;
  readonly severity: Severity;
  readonly result: 'passed' | 'failed' | 'unknown';
  /** What holds on a node that passes. */
  readonly title: string;
  /** What was seen, or why nothing could be seen. */
  readonly detail: string;
  readonly why: string;
  readonly mend: string;
  /** How mending could lock somebody out; null when it cannot. */
  readonly lockOut: string | null;
  /** A line of sudoers with which something unknown could be seen; null when there is none. */
  readonly allow: string | null;
}

export type Counts = Readonly<Record<AuditFinding['result'], number>>;

export interface AuditedNode {
  readonly name: string;
  /** Whether the checks could be judged; if not, `message` says why. */
  readonly success: boolean;
  /** As in `probe_failure_reason`. */
  readonly reason: string;
  readonly message: string;
  /** Of all checks, whatever is shown. */
  readonly counts: Counts;
  /** The worst first. */
  readonly checks: readonly AuditFinding[];
}

/** What `pipefleet audit --json` prints. */
export interface AuditReport {
  readonly nodes: readonly AuditedNode[];
  readonly counts: Counts & { readonly nodes: number; readonly unreachable: number };
}

const GROUP = 'pipefleet-audit';

/** The report as a person reads it: of each node what failed, then what is unknown and why, then how much passed. */
export function renderAudit({ nodes, counts }: AuditReport): string {
  const parts = nodes.map(renderNode);
  const allow = [...new Set(nodes.flatMap(({ checks }) => checks.flatMap(({ allow }) => allow ?? [])))];
  if (allow.length > 0) parts.push(renderAllow(allow));
  const reached = `${count(counts.nodes, 'node')}${counts.unreachable > 0 ? `, ${counts.unreachable} without an answer` : ''}`;
  parts.push(`${reached}: ${counts.failed} failed, ${counts.unknown} unknown, ${counts.passed} passed\n`);
  return parts.join('\n');
}

function renderNode({ name, success, reason, message, counts, checks }: AuditedNode): string {
  if (!success) return `${name}: NO ANSWER, reason ${reason}\n  ${message}\n`;
  const lines = [`${name}: ${counts.failed} failed, ${counts.unknown} unknown, ${counts.passed} passed`];
  for (const check of checks.filter(({ result }) => result === 'failed')) lines.push(...failedLines(check));
  const unknown = checks.filter(({ result }) => result === 'unknown');
  const width = Math.max(0, ...unknown.map(({ check }) => check.length));
  for (const { check, severity, detail } of unknown)
    lines.push(`  unknown ${severity.padEnd(8)}  ${check.padEnd(width)}  ${detail}`);
  return `${lines.join('\n')}\n`;
}

function failedLines({ check, severity, title, detail, why, mend, lockOut }: AuditFinding): string[] {
  return [
    `  FAILED  ${severity.padEnd(8)}  ${check}: ${detail}`,
    `          wanted    ${title}.`,
    `          why       ${why}`,
    `          mend      ${mend}`,
    ...(lockOut === null ? [] : [`          CAREFUL   ${lockOut}`]),
  ];
}

function renderAllow(lines: readonly string[]): string {
  return `Some of what is unknown can be seen by an account of the group ${GROUP} (groupadd ${GROUP}; usermod -aG ${GROUP} ACCOUNT)
with these lines in /etc/sudoers.d/${GROUP} on the node:
${lines.map((line) => `  ${line}\n`).join('')}`;
}

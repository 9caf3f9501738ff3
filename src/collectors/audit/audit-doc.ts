import { SEVERITIES, type AuditCheck, type Severity } from './check.js';
import { CHECKS } from './checks.js';
import { GROUP, SUDOERS } from './privilege.js';

const MEANING: Readonly<Record<Severity, string>> = {
  critical: 'Somebody can get in, become root, or take the identity of the node.',
  warning: 'A lock is missing that every node should have.',
  info: 'Worth knowing; there can be good reasons for it.',
};

/** The text of docs/audit.md: every check of the audit, the worst first. */
export function renderAuditDoc(): string {
  return `# Audit

What \`pipefleet audit\` and the module \`audit\` check on a node. This page is written by \`npm run generate\` from the
checks themselves; do not edit it. How to use them is in [operations.md](operations.md#auditing-nodes).

A check passes, fails, or is unknown: \`pipe_audit_check\` is 1, 0 or absent. Nothing on the node is changed, and no key,
password hash, token or other secret leaves it: keys are counted there, files of the node software are looked at from
outside. Ports are expected as \`software\` in \`pipefleet.yml\` has them. What somebody else's firewall in front of the node
does cannot be seen from the node.

## What an ordinary account cannot see

It is unknown, and \`pipefleet audit\` says why. To see it too, make a group on the node and put the account into it:

\`\`\`
node$ sudo groupadd --system ${GROUP}
node$ sudo usermod -aG ${GROUP} pipefleet
node$ echo '${SUDOERS}' |
        sudo install -m 440 /dev/stdin /etc/sudoers.d/${GROUP}
\`\`\`

Each of these commands only prints, but the public keys of root and the rules of the firewall are then the account's to read.
Leave out what you do not want. For an account outside the group sudo is never called, since each refusal would be a line
in the node's log. The group counts from the next login on.

${SEVERITIES.map(renderSeverity).join('\n')}`;
}

function renderSeverity(severity: Severity): string {
  const checks = CHECKS.filter((check) => check.severity === severity);
  return `## ${severity[0]?.toUpperCase() ?? ''}${severity.slice(1)}

${MEANING[severity]}

| Check | Passes when | Why | Mend | Careful | Seen in |
|---|---|---|---|---|---|
${checks.map(renderCheck).join('\n')}
`;
}

function renderCheck({ id, title, why, mend, lockOut, seenIn }: AuditCheck): string {
  const cells = [`\`${id}\``, `${title}.`, why, `\`${mend}\``, lockOut ?? '', `${seenIn}.`];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

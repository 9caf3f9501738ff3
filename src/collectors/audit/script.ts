import type { EvidencePart } from './evidence.js';
import { PRIVILEGE } from './privilege.js';

/**
 * The script of the audit: the token, then each part with a line `@TOKEN NAME STATUS` after it. Every part runs in the background under
 * a time limit, so that one which hangs leaves the others as they are.
 */
export function auditScript(parts: readonly EvidencePart[]): string {
  return `${PRIVILEGE}
audit_end() { printf '\\n@%s %s %s\\n' "$T" $1 $2; }
printf '%s\\n' "$T"
${parts.map(renderPart).join('\n')}`;
}

function renderPart(part: EvidencePart): string {
  const { name, seconds } = part;
  if ('command' in part) {
    return `if ${part.when}; then t ${seconds} ${part.command} 2>/dev/null; fi
audit_end ${name} $?`;
  }
  return `audit_${name}() {
${part.script.trim()}
}
t ${seconds} audit_${name} 2>/dev/null
audit_end ${name} $?`;
}

import { homedir } from 'node:os';
import type { AuditTools } from '../cli/audit.js';
import { audit } from '../collectors/audit.js';
import { judgeAll } from '../collectors/audit/checks.js';
import { ParseError } from '../collectors/collector.js';
import { createRunMemory } from '../ops/last-run.js';
import { probeTools } from './probe-tools.js';

/** The layers that `pipefleet audit` uses. The metrics say which checks failed; their details are judged anew from the same answer. */
export const auditTools: AuditTools = {
  withProber: probeTools.withProber,
  memory: createRunMemory({ environment: process.env, home: homedir() }),
  judge: ({ collectors }) => {
    const input = collectors.find(({ collector }) => collector === audit.name)?.input;
    if (input === undefined) throw new ParseError('The answer of the audit did not arrive.');
    return judgeAll(input).map(({ check, result, detail, allow }) => ({
      check: check.id,
      severity: check.severity,
      result,
      title: check.title,
      detail,
      why: check.why,
      mend: check.mend,
      lockOut: check.lockOut ?? null,
      allow: allow ?? null,
    }));
  },
};

import { homedir } from 'node:os';
import type { AuditTools } from '../cli/audit.js';
import { audit } from '../collectors/audit.js';
import { judgeAll } from '../collectors/audit/checks.js';
import { buildBatch } from '../collectors/batch.js';
import { ParseError } from '../collectors/collector.js';
import { COLLECTORS } from '../collectors/registry.js';
import { createRunMemory } from '../ops/last-run.js';
import { probeTools } from './probe-tools.js';

/** How the command of a batch names its token. */
const TOKEN = /T=(?<token>[0-9a-f]{32})\n/;

/** The layers that `pipefleet audit` uses. The metrics say which checks failed; their details are judged anew from the same answer. */
export const auditTools: AuditTools = {
  withProber: probeTools.withProber,
  memory: createRunMemory({ environment: process.env, home: homedir() }),
  judge: ({ software }, module, { exchange }) => {
    const collectors = COLLECTORS.filter(({ name }) => module.collectors.includes(name));
    const token = TOKEN.exec(exchange.command)?.groups?.['token'] ?? '';
    const { files, sections } = buildBatch(collectors, software).split(exchange.stdout, token);
    const section = sections.get(audit.name);
    if (section === undefined) throw new ParseError('The answer of the audit did not arrive.');
    return judgeAll({ files, ...section, software }).map(({ check, result, detail, allow }) => ({
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

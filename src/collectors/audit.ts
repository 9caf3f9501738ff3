import { RESULTS } from './audit/check.js';
import { CHECKS, FILES, judgeAll, PARTS } from './audit/checks.js';
import { auditScript } from './audit/script.js';
import type { Collector, Sample } from './collector.js';
import { installations } from './pipe-node/installations.js';

const SOURCE = 'see docs/audit.md';

/** What is wrong with a node's security, as far as its account may see it. */
export const audit: Collector = {
  name: 'audit',
  module: 'audit',
  summary: `${CHECKS.length} checks of the security of a node, all of them in [audit.md](audit.md). It reads only, and calls sudo for nobody but accounts of the group pipefleet-audit.`,
  metrics: {
    pipe_audit_check: {
      type: 'gauge',
      help: '1 when the node passes the check, 0 when it fails; absent when that could not be determined.',
      labels: ['check', 'severity'],
      source: SOURCE,
    },
    pipe_audit_checks: {
      type: 'gauge',
      help: 'Number of checks with that result: passed, failed or unknown.',
      labels: ['result'],
      source: SOURCE,
    },
  },
  files: FILES,
  needs: [installations],
  script: () => auditScript(PARTS),
  parse: (input) => {
    const judgements = judgeAll(input);
    const samples: Sample[] = [];
    for (const { check, result } of judgements) {
      if (result === 'unknown') continue;
      samples.push({
        metric: 'pipe_audit_check',
        labels: { check: check.id, severity: check.severity },
        value: result === 'passed' ? 1 : 0,
      });
    }
    for (const result of RESULTS) {
      const value = judgements.filter((judgement) => judgement.result === result).length;
      samples.push({ metric: 'pipe_audit_checks', labels: { result }, value });
    }
    return samples;
  },
  explain: (input) =>
    judgeAll(input).map(
      ({ check, result, detail }) => `${result.padEnd(7)} ${check.severity.padEnd(8)} ${check.id}: ${detail}`,
    ),
};

import { redact } from '../core/redact.js';
import type { Node } from '../inventory/node.js';
import type { ProbeOutcome } from './outcome.js';

/**
 * One probe as a person reads it: what became of it, where the time went, what each collector found.
 *
 * @param debug adds what collectors say of their findings, the command that was sent and what came back, with secrets taken out
 */
export function renderReport(node: Node, outcome: ProbeOutcome, debug: boolean): string {
  const lines = [headline(node, outcome), '', ...phaseLines(outcome)];
  // What never began to answer has no parts to speak of.
  if (outcome.exchange.stdout !== '') lines.push('', ...collectorLines(outcome));
  if (debug) lines.push('', ...noteLines(outcome), ...exchangeLines(outcome));
  return `${lines.join('\n')}\n`;
}

function headline(node: Node, outcome: ProbeOutcome): string {
  const where = `${node.name} (${node.credential.user}@${node.host} port ${node.port}), module ${outcome.module}`;
  const time = `${outcome.durationSeconds.toFixed(3)} s`;
  if (!outcome.success) return `${where}: FAILED after ${time}, reason ${outcome.reason}\n${outcome.message}`;
  const gate = outcome.gate === undefined ? '' : `, through the gate of version ${outcome.gate.version}`;
  return `${where}: up, answered in ${time} over a ${outcome.connectionReused ? 'kept' : 'new'} connection${gate}`;
}

function phaseLines({ phases }: ProbeOutcome): string[] {
  return Object.entries(phases)
    .filter(([, seconds]) => seconds > 0)
    .map(([phase, seconds]) => `  ${phase.padEnd(14)}${seconds.toFixed(3).padStart(8)} s`);
}

function collectorLines({ collectors }: ProbeOutcome): string[] {
  const absent = collectors.filter(({ success, samples }) => success && samples.length === 0);
  const lines = collectors
    .filter((result) => !absent.includes(result))
    .map(({ collector, success, message, samples: { length } }) => {
      const count = `${String(length).padStart(5)} sample${length === 1 ? '' : 's'}`;
      return `  ${collector.padEnd(14)}${success ? count : `      FAILED ${message}`}`;
    });
  if (absent.length > 0) lines.push('', `  absent: ${absent.map(({ collector }) => collector).join(', ')}`);
  return lines;
}

function noteLines({ collectors }: ProbeOutcome): string[] {
  return collectors.flatMap(({ collector, notes }) =>
    notes === undefined ? [] : [`── ${collector} ──`, ...notes().map((note) => redact(note))],
  );
}

function exchangeLines({ exchange }: ProbeOutcome): string[] {
  return [
    '── command ──',
    exchange.command,
    `── exit status: ${exchange.exitCode ?? 'none'} ──`,
    '── standard error ──',
    redact(exchange.stderr),
    '── standard output ──',
    redact(exchange.stdout),
  ];
}

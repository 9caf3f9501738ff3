import type { CollectorInput, Sample } from '../collectors/collector.js';
import type { ExecPhase } from '../core/exec.js';
import type { FailureReason } from '../core/failure.js';
import type { GateSeen } from './ask-node.js';

export type ProbePhase = ExecPhase | 'parse';

/** What one collector made of its part of the output. */
export interface CollectorOutcome {
  readonly collector: string;
  readonly success: boolean;
  /** One sentence when it failed, else empty. */
  readonly message: string;
  /** Those of one family follow each other. */
  readonly samples: readonly Sample[];
  /** What it has read when it succeeded, for whoever makes more of it than samples. */
  readonly input?: CollectorInput | undefined;
  /** What the collector says of them to a person; made only when debug output asks for it. */
  readonly notes?: (() => readonly string[]) | undefined;
}

/** What became of one probe. Always complete: every phase and every collector of the module is present. */
export interface ProbeOutcome {
  readonly node: string;
  readonly module: string;
  /** Unix time in milliseconds. */
  readonly startedAt: number;
  readonly durationSeconds: number;
  /** True when the node's answer arrived whole and at least one collector could read its part. */
  readonly success: boolean;
  readonly reason: FailureReason;
  /** One sentence for a person; empty on success. */
  readonly message: string;
  readonly connectionReused: boolean;
  /** The gate through which the node answered; undefined when a shell answered, or nothing. */
  readonly gate?: GateSeen | undefined;
  readonly phases: Readonly<Record<ProbePhase, number>>;
  /** Seconds until the exporter will try to connect again; 0 when it does not wait for that. */
  readonly retryAfterSeconds: number;
  readonly collectors: readonly CollectorOutcome[];
  /** What was sent and what came back, for debug output only. */
  readonly exchange: {
    readonly command: string;
    readonly exitCode: number | undefined;
    readonly stdout: string;
    readonly stderr: string;
  };
}

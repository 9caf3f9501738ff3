import type { Module } from '../config/config.js';
import type { Node } from './node.js';

/** One entry of a Prometheus HTTP service discovery answer: https://prometheus.io/docs/prometheus/latest/http_sd/ */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface DiscoveryOptions {
  /** What the targets are asked for. */
  readonly module: Module;
  /** `host:port` under which Prometheus reaches the exporter. */
  readonly address: string;
  /** How it is reached, when that is known to be otherwise than the scrape job says. */
  readonly scheme?: 'https' | undefined;
}

/** One group a node: every target is the exporter itself, which is told by `__param_target` which node to probe. */
export function targetGroups(nodes: readonly Node[], options: DiscoveryOptions): TargetGroup[] {
  const schedule = scheduleLabels(options.module);
  const { scheme } = options;
  return nodes.map((node) => ({
    targets: [options.address],
    labels: {
      ...node.labels,
      ...targetLabels(node, options.module),
      ...schedule,
      ...(scheme && { __scheme__: scheme }),
    },
  }));
}

function targetLabels(node: Node, module: Module): Record<string, string> {
  const lastJump = node.jump.at(-1);
  return {
    instance: node.name,
    ...(node.groups.length > 0 && { group: node.groups.join(',') }),
    // Ties the alerts about a node to the one about the jump host before it.
    ...(lastJump !== undefined && { jump: lastJump.name }),
    __metrics_path__: '/probe',
    __param_target: node.name,
    __param_module: module.name,
  };
}

/** Prometheus drops a target whose timeout is longer than its interval, so the interval bounds it. */
function scheduleLabels({ intervalSeconds, timeoutSeconds }: Module): Record<string, string> {
  if (intervalSeconds === undefined) return {};
  return {
    __scrape_interval__: duration(intervalSeconds),
    __scrape_timeout__: duration(Math.min(timeoutSeconds, intervalSeconds)),
  };
}

/** Prometheus durations are whole numbers: milliseconds where seconds would need a fraction. */
function duration(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`;
}

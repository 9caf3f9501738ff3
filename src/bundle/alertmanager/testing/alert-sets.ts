import { ALERT_GROUPS } from '../../alerts/registry.js';
import type { Labels } from './inhibition.js';

/** Alerts that say of many nodes at once, or of what leads to them, that they cannot be probed. */
export const OF_MANY: readonly string[] = [
  'PipeNodesDownMany',
  'PipeRegionDown',
  'PipefleetJumpHostDown',
  'PipefleetJumpHostKeyChanged',
];

const SITES = {
  'fra-1': { region: 'europe', jump: 'bastion', mountpoint: '/' },
  'sgp-1': { region: 'asia', jump: 'bastion', mountpoint: '/' },
  'sgp-2': { region: 'asia', mountpoint: '/data' },
} as const;
type Site = keyof typeof SITES;

/** An alert about a node, with every label that one may have. */
export function ofNode(alertname: string, severity: string, instance: Site, more: Labels = {}): Labels {
  return { alertname, severity, job: 'pipe-node', instance, group: 'all', ...SITES[instance], ...more };
}

/** An alert about an exporter, or about a jump host as one of them sees it. */
export function ofExporter(alertname: string, severity: string, instance: string, more: Labels = {}): Labels {
  return { alertname, severity, job: 'pipefleet', instance, ...more };
}

/**
 * Every alert of the bundle, about several nodes, regions, exporters and jump hosts.
 *
 * @param severityOf those that an operator gave otherwise
 */
export function everyAlert(severityOf: ReadonlyMap<string, string> = new Map()): Labels[] {
  const sites = Object.keys(SITES) as Site[];
  return ALERT_GROUPS.flatMap(({ alerts }) => alerts).flatMap(({ name, severity: usual }): Labels[] => {
    const severity = severityOf.get(name) ?? usual;
    if (name === 'PipeNodesDownMany') return [{ alertname: name, severity, job: 'pipe-node' }];
    if (name === 'PipeRegionDown')
      return ['asia', 'europe'].map((region) => ({ alertname: name, severity, job: 'pipe-node', region }));
    if (name === 'PipeNodeDown')
      return sites.flatMap((site) =>
        ['jump', 'connect'].map((reason) => ofNode(name, severity, site, { reason })),
      );
    if (name.startsWith('PipeNode'))
      return sites.flatMap((site) =>
        ['pipe-node', 'pipe-inventory'].map((job) => ofNode(name, severity, site, { job })),
      );
    const jumps = name.includes('Jump') ? ['bastion', 'other'] : [undefined];
    return ['exporter-1', 'exporter-2'].flatMap((exporter) =>
      jumps.map((jump) => ofExporter(name, severity, exporter, jump === undefined ? {} : { jump })),
    );
  });
}

/** What may come together in an outage; PipefleetDown and PipefleetInstanceDown only while one gives way to the other. */
export const OUTAGE: readonly Labels[] = [
  ofExporter('PipefleetDown', 'critical', 'exporter-1'),
  ofExporter('PipefleetInstanceDown', 'critical', 'exporter-1'),
  ofExporter('PipefleetJumpHostDown', 'critical', 'exporter-2', { jump: 'bastion' }),
  { alertname: 'PipeNodesDownMany', severity: 'critical', job: 'pipe-node' },
  { alertname: 'PipeRegionDown', severity: 'critical', job: 'pipe-node', region: 'asia' },
  ofNode('PipeNodeDown', 'critical', 'sgp-1', { reason: 'jump' }),
  ofNode('PipeNodeDown', 'critical', 'fra-1', { reason: 'connect' }),
  ofNode('PipeNodeHostKeyChanged', 'critical', 'fra-1', { reason: 'host_key_changed' }),
  ofNode('PipeNodeScrapeFailing', 'warning', 'sgp-2'),
  ofNode('PipeNodeMemoryHigh', 'warning', 'sgp-1'),
];

/** Every set of those. */
export const OUTAGES: readonly (readonly Labels[])[] = Array.from({ length: 2 ** OUTAGE.length }, (_, bits) =>
  OUTAGE.filter((_alert, index) => ((bits >> index) & 1) === 1),
);

/**
 * Which other alerts say what an alert says, so that it need not be sent: a person's answer, not the rules'. What is not here has to be
 * sent itself.
 */
export function saysTheSame(other: Labels, alert: Labels): boolean {
  const same = (label: string): boolean => other[label] !== undefined && other[label] === alert[label];
  const isUnreachable =
    (other['alertname'] === 'PipeNodesDownMany' && same('job')) ||
    (other['alertname'] === 'PipeRegionDown' && same('job') && same('region')) ||
    (other['alertname'] === 'PipefleetJumpHostDown' && same('jump')) ||
    (other['alertname'] === 'PipeNodeHostKeyChanged' && same('instance')) ||
    (other['alertname'] === 'PipeNodeDown' && same('instance'));
  switch (alert['alertname']) {
    case 'PipeNodeDown':
      return isUnreachable;
    case 'PipeRegionDown':
      return other['alertname'] === 'PipeNodesDownMany' && same('job');
    case 'PipeNodeScrapeFailing':
      return isUnreachable || other['alertname'] === 'PipefleetDown';
    case 'PipeNodeMemoryHigh':
      return isUnreachable;
    default:
      return false;
  }
}

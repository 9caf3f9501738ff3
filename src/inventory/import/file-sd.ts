import { readYaml } from '../../config/yaml-document.js';
import { fitCandidates, type RawCandidate, type Reader } from './candidate.js';

/**
 * Targets of Prometheus's file_sd_configs, JSON or YAML. The port of a target is that of an exporter and is left out; so are labels that
 * begin with `__`, and `instance` and `job`.
 */
export const readFileSd: Reader = (text) => {
  const { data, faults } = readYaml(text);
  if (!Array.isArray(data) || faults.length > 0) {
    return {
      candidates: [],
      warnings: ['This is no list of target groups, as file_sd_configs takes it (JSON or YAML).'],
    };
  }
  const warnings: string[] = [];
  const raw: RawCandidate[] = [];
  for (const [index, group] of data.entries()) {
    const place = `group ${index + 1}`;
    const { targets, labels } = (typeof group === 'object' && group !== null ? group : {}) as Record<
      string,
      unknown
    >;
    if (!Array.isArray(targets)) {
      warnings.push(`${place}: it has no list "targets"; it was left out.`);
      continue;
    }
    const own = Object.entries(typeof labels === 'object' && labels !== null ? labels : {}).filter(
      ([name]) => !name.startsWith('__') && name !== 'instance' && name !== 'job',
    );
    for (const target of targets) {
      const host = /^(?:\[(?<literal>[^\]]+)\]|(?<host>[^:]+))(?::\d+)?$/.exec(String(target))?.groups;
      const address = host?.['literal'] ?? host?.['host'] ?? String(target);
      raw.push({
        name: /^[\d.]+$|:/.test(address) ? address : (address.split('.')[0] ?? address),
        host: address,
        labels: Object.fromEntries(own.map(([name, value]) => [name, String(value)])),
        place,
      });
    }
  }
  return fitCandidates(raw, warnings);
};

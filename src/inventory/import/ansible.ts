import { readYaml } from '../../config/yaml-document.js';
import { fitCandidates, type Found, type RawCandidate, type Reader } from './candidate.js';

/** A host of an inventory, and the groups that it is in. */
interface Host {
  readonly variables: Map<string, string>;
  readonly groups: Set<string>;
}

const SECTION = /^\[(?<name>[^\]:]+)(?::(?<kind>children|vars))?\]\s*(?:#.*)?$/;
const VARIABLE = /^(?<name>[A-Za-z_]\w*)=(?:"(?<double>[^"]*)"|'(?<single>[^']*)'|(?<bare>\S*))$/;
const RANGE = /\[(?<from>\d+|[a-z]):(?<to>\d+|[a-z])(?::(?<step>\d+))?\]/;
const MAX_HOSTS = 10_000;

/**
 * An inventory of Ansible, INI or YAML. Hosts with their groups (those that hold a group as a child included), `ansible_host` and
 * `ansible_port`; other variables are left out, since they may be secrets.
 */
export const readAnsible: Reader = (text) =>
  /^[ \t]*(?:---|all:|[\w-]+:[ \t\r]*$)/m.test(text) && !/^[ \t]*\[/m.test(text)
    ? fromYaml(text)
    : fromIni(text);

function fromIni(text: string): Found {
  const hosts = new Map<string, Host>();
  const parents = new Map<string, Set<string>>();
  const warnings: string[] = [];
  let section: { readonly name: string; readonly kind: string | undefined } = {
    name: 'ungrouped',
    kind: undefined,
  };
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(/\s[#;].*$/, '').trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    const head = SECTION.exec(line)?.groups;
    if (head !== undefined) {
      section = { name: head['name'] ?? '', kind: head['kind'] };
      continue;
    }
    if (section.kind === 'vars') continue;
    if (section.kind === 'children') {
      parents.set(line, (parents.get(line) ?? new Set()).add(section.name));
      continue;
    }
    const [pattern = '', ...words] = line.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
    for (const name of expand(pattern)) {
      if (hosts.size >= MAX_HOSTS) {
        warnings.push(`line ${index + 1}: more than ${MAX_HOSTS} hosts; the rest was left out.`);
        return found(hosts, parents, warnings);
      }
      const host = hosts.get(name) ?? { variables: new Map<string, string>(), groups: new Set<string>() };
      host.groups.add(section.name);
      for (const word of words) {
        const { name: key = '', double, single, bare } = VARIABLE.exec(word)?.groups ?? {};
        host.variables.set(key, double ?? single ?? bare ?? '');
      }
      hosts.set(name, host);
    }
  }
  return found(hosts, parents, warnings);
}

function fromYaml(text: string): Found {
  const { data, faults } = readYaml(text);
  if (faults.length > 0 || typeof data !== 'object' || data === null) {
    return { candidates: [], warnings: ['This is no inventory of Ansible that can be read.'] };
  }
  const hosts = new Map<string, Host>();
  const parents = new Map<string, Set<string>>();
  const walk = (group: string, value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 20) return;
    const { hosts: own, children } = value as Record<string, unknown>;
    for (const [pattern, variables] of Object.entries(asMap(own))) {
      for (const name of expand(pattern)) {
        const host = hosts.get(name) ?? { variables: new Map<string, string>(), groups: new Set<string>() };
        host.groups.add(group);
        for (const [key, each] of Object.entries(asMap(variables))) {
          if (typeof each === 'string' || typeof each === 'number') host.variables.set(key, String(each));
        }
        hosts.set(name, host);
      }
    }
    for (const [child, inner] of Object.entries(asMap(children))) {
      parents.set(child, (parents.get(child) ?? new Set()).add(group));
      walk(child, inner, depth + 1);
    }
  };
  for (const [group, value] of Object.entries(data)) walk(group, value, 0);
  return found(hosts, parents, []);
}

function found(
  hosts: ReadonlyMap<string, Host>,
  parents: ReadonlyMap<string, ReadonlySet<string>>,
  warnings: readonly string[],
): Found {
  const raw = [...hosts].map(([name, { variables, groups }]): RawCandidate => {
    const all = new Set(groups);
    for (const group of all) for (const parent of parents.get(group) ?? []) all.add(parent);
    return {
      name,
      host: variables.get('ansible_host') ?? variables.get('ansible_ssh_host') ?? name,
      port: variables.get('ansible_port') ?? variables.get('ansible_ssh_port'),
      groups: [...all].filter((group) => group !== 'all' && group !== 'ungrouped'),
      place: `host ${name}`,
    };
  });
  return fitCandidates(raw, warnings);
}

/** `web[01:03]` is web01, web02, web03; `db-[a:c]` likewise. */
function expand(pattern: string): string[] {
  const match = RANGE.exec(pattern);
  if (match === null) return [pattern];
  const { from = '', to = '', step = '1' } = match.groups ?? {};
  const [before, after] = [pattern.slice(0, match.index), pattern.slice(match.index + match[0].length)];
  const letters = /[a-z]/.test(from);
  const [first, last] = letters ? [from.charCodeAt(0), to.charCodeAt(0)] : [Number(from), Number(to)];
  const words: string[] = [];
  for (let at = first; at <= last && words.length < MAX_HOSTS; at += Math.max(1, Number(step))) {
    words.push(letters ? String.fromCharCode(at) : String(at).padStart(from.length, '0'));
  }
  return words.flatMap((word) => expand(`${before}${word}${after}`));
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

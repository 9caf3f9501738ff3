/** Where systemd keeps the control group of a system service, in the unified hierarchy and in its own one before that. */
export const SYSTEM_SLICES = ['/sys/fs/cgroup/system.slice', '/sys/fs/cgroup/systemd/system.slice'];

/**
 * `0::/PATH` of cgroup v2, and `1:name=systemd:/PATH` of the hierarchy that an init keeps beside the controllers of cgroup v1. The
 * controllers themselves need not follow the init.
 */
const LINE = /^\d+:(?:name=(?<init>[^:]*))?:(?<path>\/.*)$/;

/** A container of systemd's making: `docker-ID.scope`, `libpod-ID.scope`, `cri-containerd-ID.scope`. */
const CONTAINER_SCOPE = /^(?<runtime>[a-z][a-z-]*)-(?<id>[0-9a-f]{64})\.scope$/;
/** A container of the engine's own making, in a group of the engine's: `docker/ID`. */
const CONTAINER_ID = /^[0-9a-f]{64}$/;
const ENGINE = /^[a-z][a-z-]*$/;
/** What is numbered afresh each time: `session-3.scope`, `run-u17.service`, `tmux-spawn-UUID.scope`. */
const NUMBERED_SCOPE = /^(?<kind>[a-z]+(?:-[a-z]+)*?)-[a-z]?(?=[a-f-]*\d)[0-9a-f-]+\.scope$/;
const TRANSIENT = /^run-[a-z0-9-]+\.(?:service|scope)$/;
const UNIT = /\.(?:service|scope)$/;

/** The digits of its ID by which a container is commonly called. */
const SHORT_ID = 12;
/** No name of a folder is longer, in bytes. */
const MAX_LENGTH = 255;

/**
 * What a process runs under, from its /proc/PID/cgroup (cgroups(7)): `popcache.service`, `docker-0123456789ab`, `session`. Numbers
 * that are new each time are left out, or series would be too. Empty for the root.
 */
export function readUnitName(lines: readonly string[]): string {
  const groups = lines.map((line) => LINE.exec(line)?.groups ?? {});
  const elementsOf = (group: Readonly<Record<string, string | undefined>>): string[] =>
    (group['path'] ?? '')
      .split('/')
      .filter((element) => element !== '' && element !== '..' && element.length <= MAX_LENGTH);
  const ordered = [
    ...groups.filter(({ init }) => init === 'systemd'),
    ...groups.filter(({ init }) => init === undefined),
    ...groups,
  ];
  const elements = ordered.map(elementsOf).find(({ length }) => length > 0) ?? [];
  for (let at = elements.length - 1; at >= 0; at--) {
    const name = nameOf(elements[at] ?? '', elements[at - 1] ?? '');
    if (name !== undefined) return name;
  }
  return elements.at(-1) ?? '';
}

function nameOf(element: string, parent: string): string | undefined {
  const { runtime, id } = CONTAINER_SCOPE.exec(element)?.groups ?? {};
  if (runtime !== undefined && id !== undefined) return `${runtime}-${id.slice(0, SHORT_ID)}`;
  if (CONTAINER_ID.test(element)) {
    return `${ENGINE.test(parent) ? parent : 'container'}-${element.slice(0, SHORT_ID)}`;
  }
  if (TRANSIENT.test(element)) return 'run';
  const kind = NUMBERED_SCOPE.exec(element)?.groups?.['kind'];
  if (kind !== undefined) return kind;
  return UNIT.test(element) ? element : undefined;
}

import { quote } from '../core/shell.js';
import type { SoftwareSettings } from '../core/software.js';
import type { Collector } from './collector.js';

/** What one section of the batch printed. */
export interface Section {
  readonly output: string;
  /** Exit status of the section's last command; 124 when a time limit ended it. */
  readonly status: number;
}

/** The node's answer, taken apart. Sections that are missing did not arrive. */
export interface BatchOutput {
  /** The last marker arrived: nothing was cut off. */
  readonly complete: boolean;
  readonly files: ReadonlyMap<string, string>;
  readonly sections: ReadonlyMap<string, Section>;
}

/**
 * All collectors of a module as ONE remote command, so that a probe costs one exec on a kept-open connection.
 *
 * The command prints sections between marker lines that carry a token of this probe alone, so that text which a node's
 * software prints cannot pass for a marker. (Who can read the arguments of our processes there sees the token; who can
 * is the node itself, and a node can always lie.) Files are read by a single `head` for all collectors, which costs a fraction
 * of a process a file.
 */
export interface Batch {
  /**
   * The remote command. It runs under /bin/sh, to which any login shell of that family (sh, bash, zsh, ksh) hands it over;
   * csh and fish quote otherwise and cannot. It reads nothing from standard input.
   *
   * @param token 32 hexadecimal digits, fresh for every probe
   */
  command(token: string): string;
  /** Takes apart what the command printed; total, whatever the text. */
  split(stdout: string, token: string): BatchOutput;
}

/** Name of the section that holds the files of all collectors. No collector may be called so. */
export const FILES_SECTION = 'files';

/** Bytes of each file that are read. */
const FILE_BYTES = 262_144;

/**
 * One language and one time zone for every node, and no proxy between a node and itself. `$T` is the token of the probe,
 * which a script may use to part its own output.
 */
const PROLOGUE = `LC_ALL=C TZ=UTC0 PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
export LC_ALL TZ PATH
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
exec </dev/null
if command -v timeout >/dev/null; then t() { timeout "$@"; }; else t() { shift; "$@"; }; fi
b() { printf '@%s begin %s\\n' "$T" "$1"; }
e() { printf '\\n@%s end %s %s\\n' "$T" "$1" "$2"; }
`;

/** Builds the batch of some collectors for a node. Pure; build once for a node and module, use for every probe. */
export function buildBatch(collectors: readonly Collector[], software: SoftwareSettings): Batch {
  const files = [...new Set(collectors.flatMap((collector) => collector.files ?? []))];
  const sections: [name: string, script: string][] = [];
  if (files.length > 0) {
    sections.push([FILES_SECTION, `head -v -c ${FILE_BYTES} ${files.map(quote).join(' ')}`]);
  }
  for (const { name, script } of collectors) {
    if (script !== undefined) sections.push([name, script(software).trim()]);
  }
  const body = sections.map(([name, script]) => `b ${name}\n${script}\ne ${name} $?\n`).join('');
  const script = `${PROLOGUE}${body}printf '@%s done\\n' "$T"\n`;
  const names = sections.map(([name]) => name);

  return {
    command: (token) => `exec /bin/sh -c ${quote(`T=${token}\n${script}`)}`,
    split: (stdout, token) => splitSections(stdout, token, names, files),
  };
}

function splitSections(
  stdout: string,
  token: string,
  names: readonly string[],
  files: readonly string[],
): BatchOutput {
  const sections = new Map<string, Section>();
  let at = 0;
  for (const name of names) {
    const begin = `@${token} begin ${name}\n`;
    const end = `\n@${token} end ${name} `;
    const found = stdout.indexOf(begin, at);
    const start = found + begin.length;
    const stop = found < 0 ? -1 : stdout.indexOf(end, start);
    const eol = stop < 0 ? -1 : stdout.indexOf('\n', stop + end.length);
    if (eol < 0) break;
    const output = stdout.slice(start, stop);
    sections.set(name, { output, status: Number(stdout.slice(stop + end.length, eol)) });
    at = eol;
  }
  return {
    complete: sections.size === names.length && stdout.startsWith(`\n@${token} done\n`, at),
    files: splitFiles(sections.get(FILES_SECTION)?.output ?? '', files),
    sections,
  };
}

/** Takes apart what `head -v` prints: `==> PATH <==`, the file, and an empty line before the next heading. */
function splitFiles(output: string, paths: readonly string[]): Map<string, string> {
  const text = `\n${output}`;
  const found: { path: string; heading: number; start: number }[] = [];
  let from = 0;
  for (const path of paths) {
    const mark = `\n==> ${path} <==\n`;
    const heading = text.indexOf(mark, from);
    if (heading < 0) continue;
    from = heading + mark.length;
    found.push({ path, heading, start: from });
  }
  return new Map(found.map(({ path, start }, index) => [path, text.slice(start, found[index + 1]?.heading)]));
}

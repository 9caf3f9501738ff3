import { quote } from '../core/shell.js';
import type { SoftwareSettings } from '../core/software.js';
import type { Collector, Snippet } from './collector.js';
import { createPathReader, isPattern, type PathReader } from './paths.js';

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
export const FILE_BYTES = 262_144;

/**
 * One language and one time zone for every node, and no proxy between a node and itself. `$T` is the token of the probe,
 * which a script may use to part its own output.
 *
 * Time limits need no program of their own: from the first one on, a clock in the background sends a signal a second, which
 * interrupts `wait`. It costs about as much as one `timeout`, for any number of limits, and ends with the shell or a second
 * later. A command that even SIGKILL does not end, since it waits for a dead disk, is left behind.
 */
const PROLOGUE = `LC_ALL=C TZ=UTC0 PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
export LC_ALL TZ PATH
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
exec </dev/null
_n=0 _w=
u() {
if [ -z "$_w" ]; then
trap '_n=$((_n+1))' ALRM
( trap - ALRM; while sleep 1 && kill -ALRM $$; do :; done ) >/dev/null 2>&1 &
_w=$!
fi
while :; do
wait $2; _r=$?
kill -0 $2 2>/dev/null || return $_r
[ $_n -lt $1 ] && continue
kill -9 $2
return 124
done
}
t() {
_z=$((_n+$1)); shift
"$@" &
u $_z $!
}
b() { printf '@%s begin %s\\n' "$T" "$1"; }
e() { printf '\\n@%s end %s %s\\n' "$T" "$1" "$2"; }
`;

const EPILOGUE = `printf '@%s done\\n' "$T"
[ -z "$_w" ] || kill $_w 2>/dev/null`;

/** Builds the batch of some collectors for a node. Pure; build once for a node and module, use for every probe. */
export function buildBatch(collectors: readonly Collector[], software: SoftwareSettings): Batch {
  const files = [...new Set(collectors.flatMap((collector) => collector.files ?? []))];
  const names: string[] = [];
  let body = '';
  if (files.length > 0) {
    names.push(FILES_SECTION);
    const words = files.map((path) => (isPattern(path) ? path : quote(path)));
    // What is missing is no news, and many files are missing on any node.
    body += section(FILES_SECTION, `head -v -c ${FILE_BYTES} ${words.join(' ')} 2>/dev/null`);
  }
  const snippets = new Set<Snippet>();
  for (const { name, needs = [], script } of collectors) {
    if (script === undefined) continue;
    for (const snippet of needs) {
      if (!snippets.has(snippet)) body += `${snippet.script(software).trim()}\n`;
      snippets.add(snippet);
    }
    names.push(name);
    body += section(name, script(software).trim());
  }
  const script = `${PROLOGUE}${body}${EPILOGUE}\n`;
  const pathReader = createPathReader(files);

  return {
    // A login shell that is a plain sh runs the script itself, which saves a process; any other hands it over.
    command: (token) =>
      `s=${quote(`T=${token}\n${script}`)}; case $0 in sh|dash|ash) eval "$s";; *) exec /bin/sh -c "$s";; esac`,
    split: (stdout, token) => splitSections(stdout, token, names, pathReader),
  };
}

function section(name: string, script: string): string {
  return `b ${name}\n${script}\ne ${name} $?\n`;
}

function splitSections(
  stdout: string,
  token: string,
  names: readonly string[],
  pathReader: PathReader,
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
    files: splitFiles(sections.get(FILES_SECTION)?.output ?? '', pathReader),
    sections,
  };
}

const HEADING = /^==> (?<path>\/.*) <==\n/gm;

/**
 * Takes apart what `head -v` prints: `==> PATH <==`, the file, and a line break before the next heading. Headings come in the
 * order of the files that were asked for; any other is text of a file.
 */
function splitFiles(output: string, pathReader: PathReader): Map<string, string> {
  const found: { path: string; heading: number; start: number }[] = [];
  let next = 0;
  for (const match of output.matchAll(HEADING)) {
    const path = match.groups?.['path'] ?? '';
    const known = pathReader(path);
    if (known === undefined || known.position < next) continue;
    next = known.repeats ? known.position : known.position + 1;
    found.push({ path, heading: match.index, start: match.index + match[0].length });
  }
  return new Map(
    found.map(({ path, start }, index) => {
      const following = found[index + 1]?.heading;
      return [path, output.slice(start, following === undefined ? undefined : following - 1)];
    }),
  );
}

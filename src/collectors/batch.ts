import { quote } from '../core/shell.js';
import type { SoftwareSettings } from '../core/software.js';
import type { Collector, Snippet } from './collector.js';
import { FILE_BYTES } from './limits.js';
import { isPattern } from './path-pattern.js';
import { createPathReader, planReading } from './paths.js';
import { PERL_BITS, type PerlCollector, perlCollectors, perlProgram } from './perl.js';
import { type BatchOutput, FILES_SECTION, splitAnswer } from './split-answer.js';

/**
 * All collectors of a module as ONE remote command, so that a probe costs one exec on a kept-open connection.
 *
 * The command prints sections between marker lines that carry a token of this probe alone, so that text which a node's
 * software prints cannot pass for a marker. The token that was sent stands among the arguments of the shell, where every
 * account of the node may read it; so the node draws another one, which stands in no argument, and states it before all else.
 * Files are read by a single `head` for all collectors, which costs a fraction of a process a file.
 */
export interface Batch {
  /** What stands between {@link BATCH_PROLOGUE} and {@link BATCH_EPILOGUE}: shell text that is the same for every probe. */
  readonly body: string;
  /**
   * The remote command, for any login shell of the family of sh (sh, bash, zsh, ksh); csh and fish read it otherwise and cannot
   * run it. It reads nothing from standard input.
   *
   * @param token 32 hexadecimal digits, fresh for every probe
   */
  command(token: string): string;
  /**
   * A program that stays on a channel: it reads tokens, one a line, and runs the batch for each, as {@link command} would. Every answer
   * ends with {@link endOfAnswer} and the exit status.
   */
  readonly standing: string;
  /**
   * Takes apart what the command printed; total, whatever the text.
   *
   * @param foreign the node ran another batch than this one, so that sections may be missing or unknown, and files may come in
   *   any order; the answer is complete when its last marker arrived
   */
  split(stdout: string, token: string, foreign?: boolean): BatchOutput;
}

/**
 * A login shell that is a plain sh runs the batch itself, which saves a process and a second reading. bash and zsh, with rc files and
 * habits of their own, hand it over; they know what they were told to run. Others of the family, such as ksh, run it.
 */
const HAND_OVER = `case \${0##*/} in
sh|dash|ash) ;;
*) [ -z "$BASH_EXECUTION_STRING$ZSH_EXECUTION_STRING" ] || exec /bin/sh -c "$BASH_EXECUTION_STRING$ZSH_EXECUTION_STRING" ;;
esac
`;

/**
 * One language and one time zone for every node, no proxy between a node and itself, and nothing that changes Perl. `$T` is the
 * token of the probe, which a script may use to part its own output; whoever runs the batch has set it to the one that was sent.
 *
 * Time limits need no program of their own: from the first one on, a clock in the background sends a signal a second, which
 * interrupts `wait`. It costs about as much as one `timeout`, for any number of limits, and ends with the shell or a second
 * later. A command that even SIGKILL does not end, since it waits for a dead disk, is left behind.
 */
export const BATCH_PROLOGUE = `{ IFS=- read -r _a _b _c _d _e </proc/sys/kernel/random/uuid; } 2>/dev/null && {
printf '@%s is %s\\n' $T $_a$_b$_c$_d$_e
T=$_a$_b$_c$_d$_e
}
export T
LC_ALL=C TZ=UTC0 PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin
export LC_ALL TZ PATH
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY PERL5OPT PERL5LIB PERL5DB PERLLIB
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

/** Says that everything was printed, and stops the clock. */
export const BATCH_EPILOGUE = `printf '@%s done\\n' "$T"
[ -z "$_w" ] || kill $_w 2>/dev/null
`;

/** The last line of an answer of a program that stays on a channel, for printf(1), up to the exit status. */
export const SERVED_ANSWER_END = '\\n@%s over ';

/** {@link SERVED_ANSWER_END} of the answer to one token. */
export function endOfAnswer(token: string): string {
  return `\n@${token} over `;
}

/** Builds the batch of some collectors for a node. Pure; build once for a node and module, use for every probe. */
export function buildBatch(collectors: readonly Collector[], software: SoftwareSettings): Batch {
  const files = [...new Set(collectors.flatMap((collector) => collector.files ?? []))];
  const inPerl = perlCollectors(collectors);
  const names: string[] = [];
  let body = '';
  if (files.length > 0) {
    names.push(FILES_SECTION);
    body += filesSection(files, inPerl);
  }
  const snippets = new Set<Snippet>();
  for (const collector of collectors) {
    const { name, needs = [], script } = collector;
    if (script === undefined) continue;
    for (const snippet of needs) {
      if (!snippets.has(snippet)) body += `${snippet.script(software).trim()}\n`;
      snippets.add(snippet);
    }
    names.push(name);
    const text = section(name, script(software).trim());
    const place = files.length > 0 ? inPerl.findIndex((other) => other === collector) : -1;
    body += place < 0 ? text : unlessInPerl(place + 1, text);
  }
  const script = `${BATCH_PROLOGUE}${body}${BATCH_EPILOGUE}`;
  const form = { names: new Set(names), pathReader: createPathReader(files) };

  return {
    body,
    command: (token) => `T=${token}\n${HAND_OVER}${script}`,
    standing: `${HAND_OVER}_s=${quote(script)}
while IFS= read -r T; do
export T
/bin/sh -c "$_s" </dev/null
printf '${SERVED_ANSWER_END}%s\\n' "$T" $?
done
`,
    split: (stdout, token, foreign = false) => splitAnswer(stdout, token, { ...form, foreign }),
  };
}

function section(name: string, script: string): string {
  return `b ${name}\n${script}\ne ${name} $?\n`;
}

/** Perl reads the files when it is there and has more to do; it costs more than `head` to start. */
function filesSection(files: readonly string[], inPerl: readonly PerlCollector[]): string {
  const { groups, paths } = planReading(files);
  const loops = groups.map(({ folders, rests }) => {
    const words = rests.map((rest) => `$_d/${rest}`).join(' ');
    return `for _d in ${folders}; do [ ! -e $_d ] || _f="$_f ${words}"; done\n`;
  });
  const words = ['$_f', ...paths.map((path) => (isPattern(path) ? path : quote(path)))];
  const program = quote(perlProgram(inPerl, FILE_BYTES));
  // What is missing is no news, and many files are missing on any node.
  const perl =
    inPerl.length === 0
      ? ''
      : `command -v perl >/dev/null && { perl -e ${program} ${FILES_SECTION} "$@" 2>/dev/null; _d=$?; }
[ $_d -lt ${2 ** PERL_BITS} ] || _d=${2 ** PERL_BITS - 1}
`;
  const head = section(FILES_SECTION, `head -v -c ${FILE_BYTES} "$@" 2>/dev/null`);
  return `_f=\n${loops.join('')}set -- ${words.join(' ')}\n_d=${2 ** PERL_BITS - 1}\n${perl}${unlessInPerl(0, head)}`;
}

function unlessInPerl(bit: number, script: string): string {
  return `if [ $((_d&${2 ** bit})) != 0 ]; then\n${script}fi\n`;
}

import { quote } from '../core/shell.js';
import { CHECK_LENGTH } from './check-length.js';
import { GATE_PATH, GATE_PROGRAM, REFUSED, REFUSED_STATUS, SERVE_REQUEST } from './protocol.js';
import { VERBS } from './registry.js';
import type { Argument, GateParts, Verb } from './verb.js';

/** Not /usr/local: what an administrator has put there is not looked for. */
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';
/** How every gate begins, of whatever version. */
export const GATE_BEGINNING = '#!/bin/sh\n# The gate of pipefleet ';
/** Characters of a refused request that the system's log gets. */
const LOGGED_LENGTH = 200;

/**
 * The text of a gate: one POSIX sh script for dash, bash and busybox that does, for the key whose purpose is its first argument,
 * what the verbs of that purpose say, and refuses all else. Pure: the same parts make the same text. The first part is to be read by
 * whoever owns the node.
 */
export function renderGate(parts: GateParts): string {
  const rest = VERBS.map((verb) => verb.script(parts, VERBS));
  return `${head(parts)}
# ${'='.repeat(30)} What the verbs run ${'='.repeat(30)}
# The request is of one of the forms above from here on; $1 and $2 are the words after the verb.

${rest.join('\n')}`;
}

function head(parts: GateParts): string {
  return `${GATE_BEGINNING}${parts.version}: everything that a key of pipefleet can do on this machine.
#
# sshd runs it instead of what the client asks for, as the line of the key in authorized_keys says:
#   restrict,command="${GATE_PATH} PURPOSE" ssh-ed25519 …
# The purpose of the key is $1. What the client asks for is in SSH_ORIGINAL_COMMAND: one line of words,
# which is compared with what stands here and never evaluated. A key can ask for:
#
${VERBS.map(usage).join('\n')}
#
# What is refused ends with status ${REFUSED_STATUS} and is said to the system's log. To know what a client can make this
# machine do, read as far as the line of equal signs; the fixed texts that the verbs run come after it.
#
# pipefleet writes this file ("pipefleet nodes setup") and reads it nowhere: an edited one is reported, and
# replaced by the next setup. Where pipefleet runs, "pipefleet gate show NODE | sha256sum" must print what
# "sha256sum ${GATE_PATH}" prints here.

# A bash would take functions from the environment; with -p it takes none. Other shells never do.
case $- in
*B*) case $- in *p*) ;; *) exec /bin/sh -p "$0" "$@" ;; esac ;;
esac

# Nothing else of the environment goes on, whatever sshd lets a client or an account set. The request is taken out first,
# as the loop looks at every line of the environment.
set -f
LC_ALL=C
unset request client
request=\${SSH_ORIGINAL_COMMAND-} client=\${SSH_CONNECTION-}
client=\${client%% *}
unset SSH_ORIGINAL_COMMAND SSH_CONNECTION
IFS='
'
for line in $(export -p); do
  name=\${line#export }
  name=\${name%%=*}
  case $name in
  OPTIND | '' | [0-9]* | *[!A-Za-z0-9_]*) ;;
  *) unset "$name" ;;
  esac
done
LC_ALL=C PATH=${parts.path === undefined ? PATH : quote(parts.path)} HOME=/
export LC_ALL PATH HOME
umask 077

version=${parts.version} purpose=\${1-}
# One request alone lets others follow, on standard input.
[ "$request" = '${SERVE_REQUEST}' ] || exec </dev/null

# Tells the system's log, with every unusual byte as "?"; neither waits for it nor minds when there is none.
note() {
  printf '%s, key %s, from %s: %.${LOGGED_LENGTH}s' "$1" "$purpose" "$client" "$request" |
    tr -c 'A-Za-z0-9 ._@:,/-' '?' | logger -t ${GATE_PROGRAM} -p "auth.$2" &
} >/dev/null 2>&1

refuse() {
  note refused warning
  printf '${REFUSED}%s\\n' "$1" >&2
  exit ${REFUSED_STATUS}
}

[ -n "$request" ] || refuse 'this key opens no shell; it takes requests to ${GATE_PROGRAM}'
${CHECK_LENGTH}
case $request in
*[!A-Za-z0-9\\ ._@-]*) refuse 'a request has letters, digits, ".", "_", "@" and "-" only' ;;
' '* | *' ' | *'  '*) refuse 'a request has one blank between two words' ;;
'${GATE_PROGRAM} '*) ;;
*) refuse 'this key takes requests to ${GATE_PROGRAM} and nothing else' ;;
esac
IFS=' '
set -- $request
verb=$2
shift 2

# The purpose of the key, the verb, and how many words come after it.
case "$purpose $verb $#" in
${VERBS.map((verb) => rule(verb, parts)).join('')}*) refuse 'this key cannot ask for that; ask for hello to see what it can' ;;
esac
[ "$purpose" = monitor ] || note accepted notice
`;
}

/** How a verb is asked for, and by whom. */
export function formOf({ name, args }: Verb): string {
  return [GATE_PROGRAM, name, ...args.map((argument) => argument.name)].join(' ');
}

function usage(verb: Verb): string {
  return `#   ${formOf(verb).padEnd(50)} ${verb.purposes.join(', ')}\n#       ${verb.summary}`;
}

/** The case that lets a verb through: of whose keys, and what each of its words must be. */
function rule({ name, purposes, args }: Verb, parts: GateParts): string {
  const cases = purposes.map((purpose) => `'${purpose} ${name} ${args.length}'`);
  const checks = args.map((argument, index) => `  ${check(argument, index + 1, parts)}\n`);
  return `${cases.join(' | ')})\n${checks.join('')}  ;;\n`;
}

function check(argument: Argument, place: number, parts: GateParts): string {
  const refusal = `refuse '${argument.otherwise}'`;
  if ('words' in argument) {
    return `case $${place} in ${argument.words(parts).join(' | ')}) ;; *) ${refusal} ;; esac`;
  }
  const [least, most] = argument.length;
  const bound = least === most ? `-eq ${most}` : `-le ${most}`;
  return `case $${place} in *[!${argument.characters}]*) ${refusal} ;; esac
  [ \${#${place}} ${bound} ] || ${refusal}`;
}

/**
 * What a line of the node software's log can be about. A line is in the first class that fits, or in none: what tells of no
 * trouble is not counted.
 */
export const LOG_CLASSES = [
  'panic',
  'second_instance',
  'port_in_use',
  'update',
  'config',
  'tls',
  'mesh',
  'control_plane',
  'registration',
  'origin',
  'other_error',
  'other_warning',
] as const;

/** Bytes at the end of a file that are read. */
const TAIL_BYTES = 262_144;
const MAX_FILES = 8;
const MAX_UNITS = 4;

/**
 * Counts lines by class, so that no line leaves the node: the software logs invite codes. Input comes in blocks, `@TOKEN + NAME`
 * to `@TOKEN .`; one without an end was cut short and is not counted. The software begins errors with a cross and warnings with
 * a sign that have no ASCII form.
 */
const CLASSIFY = `awk '
BEGIN { T = "@" ENVIRON["T"] " "; n = split("${LOG_CLASSES.join(' ')}", k, " ") }
index($0, T) == 1 {
  w = substr($0, length(T) + 1)
  if (w != ".") { name = substr(w, 3); for (i in c) delete c[i]; next }
  o = "lines " name
  for (i = 1; i <= n; i++) o = o " " (c[k[i]] + 0)
  print o
  next
}
{ s = index($0, "\\342\\235\\214") ? 2 : index($0, "\\342\\232\\240") ? 1 : 0 }
!s && !/ERR|rror|ailed|FATAL|fatal|imed out|refused|mismatch|HTTP-only|unavail|WARN|UPDATE|panicked|lready|overflowed|AddrInUse|in use|instance/ { next }
/UPDATE AVAILABLE/ { c["update"]++; next }
/Registering PoP node with/ { next }
/panicked at|fatal runtime error|memory allocation of [0-9]+ bytes failed|overflowed its stack/ { c["panic"]++; next }
/already in use|AddrInUse| was in use/ { c["port_in_use"]++; next }
/[Aa]nother instance of/ { c["second_instance"]++; next }
s < 2 && /ERR|[Ee]rror|[Ff]ailed|FATAL|[Tt]imed out|refused|mismatch|HTTP-only|unavailable|[Aa]lready (registered|associated)/ { s = 2 }
!s && /WARN/ { s = 1 }
!s { next }
/[Ff]ailed to load config|config file|nknown argument|nexpected argument/ { c["config"]++; next }
/HTTP-only|[Cc]ertificate|TLS|[Hh]andshake/ { c["tls"]++; next }
/[Mm]esh/ { c["mesh"]++; next }
/DOMAIN_CONFIG_ERROR|[Cc]ontrol plane|Bad Gateway|Service Unavailable|Gateway Time/ { c["control_plane"]++; next }
/[Rr]egist|[Ii]dentity|[Ii]nvite|node_id|ardware signature/ { c["registration"]++; next }
/[Oo]rigin/ { c["origin"]++; next }
s == 2 { c["other_error"]++; next }
{ c["other_warning"]++ }'`;

/**
 * Prints `log SIZE MTIME PATH` and `rotated 1|0 PATH` of each log file, `lines PATH COUNT…` of those that may be read, and
 * `lines UNIT COUNT…` of the units whose journal may be read; counts are in the order of {@link LOG_CLASSES}.
 *
 * Whether the journal of a service may be read shows in the file of the system's journal; who may not would be shown a journal
 * without it, and no error.
 */
export const PIPE_LOG_SCRIPT = `k() {
${CLASSIFY}
}
l= y=0
a() {
case "$l " in *" $1 "*) return 0 ;; esac
[ $y -lt ${MAX_FILES} ] && [ -f $1 ] || return 0
l="$l $1" y=$((y+1))
}
for d in $D; do a $d/logs/stdout.log; a $d/logs/stderr.log; a $d/pop.log; done
for f in $L; do a $f; done
if [ -n "$l" ]; then
t 2 stat -L -c 'log %s %Y %n' $l 2>/dev/null
d=
for f in $l; do
[ -r \${f%/*} ] || continue
x=0
for y in $f.[0-9]* $f-[0-9]*; do [ ! -e "$y" ] || x=1; done
if [ $x = 0 ]; then
[ "$d" = \${f%/*} ] || { d=\${f%/*} w=0; ! grep -qs "^[^#]*$d/" /etc/logrotate.d/* /etc/logrotate.conf || w=1; }
x=$w
fi
echo "rotated $x $f"
done
(
for f in $l; do
[ -r $f ] || continue
printf '@%s + %s\\n' "$T" $f
tail -c ${TAIL_BYTES} $f 2>/dev/null && printf '\\n@%s .\\n' "$T"
done | k
) & u $((_n+3)) $!
fi
x=0
for f in /var/log/journal/*/system.journal /run/log/journal/*/system.journal; do [ ! -r "$f" ] || x=1; done
y=0
if [ $x = 1 ] && command -v journalctl >/dev/null && command -v timeout >/dev/null; then
(
for f in $N; do
[ $y -lt ${MAX_UNITS} ] || continue
y=$((y+1))
printf '@%s + %s\\n' "$T" $f
timeout 3 journalctl -q --no-pager -u $f -n 500 --since=-5min -o cat 2>/dev/null && printf '\\n@%s .\\n' "$T"
done | k
) & u $((_n+4)) $!
fi`;

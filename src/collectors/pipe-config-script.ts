/** Settings that leave the node, all of them numbers or truth values. */
const EXPORTED = [
  'port',
  'http_port',
  'workers',
  'memory_cache_size_mb',
  'disk_cache_size_gb',
  'default_ttl_seconds',
  'max_cacheable_size_mb',
  'HTTP_PORT',
  'HTTPS_PORT',
  'MEMORY_CACHE_SIZE_MB',
  'DISK_CACHE_SIZE_GB',
  'TOKIO_WORKER_THREADS',
  'UPNP_ENABLED',
  'LATTICE_BIND',
  'LATTICE_CAPACITY_MB',
];

/** Settings that are secret, a person's, or of one node by their nature; they count in no digest. */
const LEFT_OUT =
  'invite|mail|token|secret|key|pass|wallet|seed|mnemonic|auth|credential|name|location|region|endpoint|mesh_id|website|twitter|discord|telegram';

/**
 * Settings as lines `KEY=VALUE`, of JSON as well as of a file for the environment, without what is left out. JSON is cut at
 * braces and commas, so that a text with one of them loses its end. Comments behind values are no part of them. Blanks at the
 * end are not matched by `/[ \t]+$/`, which takes several awks quadratic time.
 */
const NORMALISE = `awk -v K=$k '
{ gsub(/\\r/, "") }
K == "json" {
  n = split($0, p, /[{},]/)
  for (i = 1; i <= n; i++) {
    s = p[i]
    sub(/^[ \\t]+/, "", s)
    if (s !~ /^"[A-Za-z0-9_]+"[ \\t]*:/) continue
    key = substr(s, 2); sub(/".*/, "", key)
    v = substr(s, index(s, ":") + 1)
    sub(/^[ \\t"]+/, "", v)
    v = match(v, /^.*[^ \\t"]/) ? substr(v, 1, RLENGTH) : ""
    if (tolower(key) !~ /${LEFT_OUT}/) print key "=" v
  }
  next
}
{
  sub(/^[ \\t]*(export[ \\t]+)?/, "")
  if ($0 !~ /^[A-Za-z_][A-Za-z0-9_]*=/) next
  key = substr($0, 1, index($0, "=") - 1)
  v = substr($0, index($0, "=") + 1)
  q = substr(v, 1, 1)
  if (q == "\\"" || q == "\\047") { v = substr(v, 2); if (index(v, q)) v = substr(v, 1, index(v, q) - 1) }
  else {
    if (i = match(v, /[ \\t]#/)) v = substr(v, 1, i - 1)
    v = match(v, /^.*[^ \\t]/) ? substr(v, 1, RLENGTH) : ""
  }
  if (key == "LATTICE_BIND") sub(/^.*:/, "", v)
  if (tolower(key) !~ /${LEFT_OUT}/) print key "=" v
}'`;

/**
 * Prints for the first configuration of each generation `readable GENERATION 1|0`, `modified GENERATION MTIME`,
 * `digest GENERATION HEX`, `set GENERATION KEY VALUE` for each exported setting, and `space GENERATION BLOCK BLOCKS AVAILABLE` of
 * the file system that holds cache or data. The rest of a configuration, with its secrets, stays on the node.
 *
 * Whoever owns a folder may put a pipe or a file without end in place of a configuration at any moment, so that reading is limited.
 */
export const PIPE_CONFIG_SCRIPT = `w= l=
if command -v timeout >/dev/null; then l='timeout 2'; fi
c() {
case "$w " in *" $1 "*) return 0 ;; esac
k=$2 f=$3 x=$4 d=\${3%/*} o=
if [ ! -e $f ]; then
[ -x $d ] || echo "readable $1 0"
[ ! -x $d ] || return 0
elif [ -r $f ] && [ -f $f ]; then
echo "readable $1 1"
o=$($l head -c 65536 $f 2>/dev/null | ${NORMALISE})
else echo "readable $1 0"
fi
w="$w $1"
t 2 stat -L -c "modified $1 %Y" $f 2>/dev/null
if [ -n "$o" ]; then
printf 'digest %s ' $1
printf '%s\\n' "$o" | sort | sha256sum
printf '%s\\n' "$o" | sed -n -E 's/^(${EXPORTED.join('|')})=([0-9]{1,15}|true|false)$/set '$1' \\1 \\2/p'
y=$(printf '%s\\n' "$o" | sed -n -E '/^(disk_cache_path|DISK_CACHE_PATH|LATTICE_DATA_DIR)=./{s/^[^=]*=//p;q;}')
x=\${y:-$x}
fi
case $x in /*) ;; *) [ -e "$d/$x" ] && x=$d/$x || x=$d ;; esac
t 2 stat -f -c "space $1 %S %b %a" "$x" 2>/dev/null
}
for d in $D; do
case $d in
/etc/pipe-node) c lattice env $d/node.env /var/lib/pipe-node ;;
/opt/popcache) c testnet json $d/config.json ./cache ;;
/opt/pipe) c mainnet env $d/.env ./cache ;;
/opt/pop|/var/lib/*|/opt/dcdn|/opt/pipe-pop|/root/*) ;;
*) if [ -e $d/.pop_state.json ] || { [ -f $d/config.json ] && $l head -c 65536 $d/config.json 2>/dev/null | grep -q '"cache_config"'; }; then c testnet json $d/config.json ./cache; fi ;;
esac
done`;

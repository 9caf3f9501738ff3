/** The defaults of node_exporter: what holds no data of its own, or belongs to a container. */
const EXCLUDED_TYPES: readonly string[] = (
  'autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs erofs fusectl hugetlbfs iso9660 mqueue nsfs ' +
  'overlay proc procfs pstore rpc_pipefs securityfs selinuxfs squashfs sysfs tracefs'
).split(' ');
/** Left out with all that is mounted below them. */
const EXCLUDED_TREES: readonly string[] = ['/dev', '/proc', '/sys'];
/** Only what is mounted below them is left out. */
const EXCLUDED_BELOW: readonly string[] = [
  '/run/credentials',
  '/var/lib/containers/storage',
  '/var/lib/docker',
];

/** The same mount points as patterns of the shell's `case`. */
const EXCLUDED_POINTS = [
  ...EXCLUDED_TREES.flatMap((tree) => [tree, `${tree}/*`]),
  ...EXCLUDED_BELOW.map((folder) => `${folder}/?*`),
].join('|');

/** Types whose numbers the kernel has in memory; any other may have to ask a server or a daemon, which may be dead. */
const LOCAL_TYPES =
  'bcachefs|btrfs|efivarfs|exfat|ext[234]|f2fs|jfs|msdos|ntfs3|ramfs|reiserfs|tmpfs|udf|vfat|xfs|zfs';

/**
 * Prints `mount DEVICE POINT TYPE ro|rw MAJOR:MINOR` for every mount that may matter, as /proc/self/mountinfo escapes it, and
 * for each of those that answered `stat` and its numbers, with the mount point last and unescaped. Mount points with a line
 * break in their name are left out.
 *
 * The list is taken apart by the shell itself: reading it with `read` costs a system call a byte. A last line that was cut
 * off is left out. Local mounts share a process, which needs no limit; those that can hang have one each and are asked all at
 * once, so that a dead file server takes nothing else with it. They are asked last: what several processes print at once is
 * whole only as long as it is a line. When their time is over, all that are left end at once, not one a tick. Where the time
 * limit ended one, a line `timeout` says so.
 */
export const FILESYSTEM_SCRIPT = `set -f
set --
F='stat %S %b %f %a %c %d %n'
z() { case $1 in 124|137) echo timeout ;; esac; }
r=
IFS='
'
for l in $(head -c 262144 /proc/self/mountinfo); do
case $l in *' - '*' '*' '*) ;; *) continue ;; esac
l=\${l#* * }
m=\${l%% *}; l=\${l#* * }
p=\${l%% *}; l=\${l#* }
o=\${l%% *}; l=\${l#* - }
k=\${l%% *}; l=\${l#* }
case $k in ${EXCLUDED_TYPES.join('|')}) continue ;; esac
case $p in ${EXCLUDED_POINTS}|*'\\012'*) continue ;; esac
d=\${l%% *}
case ,$o,\${l#* }, in *,ro,*|*,emergency_ro,*) o=ro ;; *) o=rw ;; esac
printf 'mount %s %s %s %s %s\\n' "$d" "$p" "$k" "$o" "$m"
case $p in *'\\'*) for x in '\\040: ' '\\011:	' '\\043:#' '\\134:\\'; do
q=
while :; do case $p in *"\${x%%:*}"*) q=$q\${p%%"\${x%%:*}"*}\${x#*:}; p=\${p#*"\${x%%:*}"} ;; *) break ;; esac; done
p=$q$p
done ;; esac
case $k in ${LOCAL_TYPES}) set -- "$@" "$p" ;; *) r="$r$p
" ;; esac
done
if [ $# -gt 0 ]; then stat -f -c "$F" "$@" 2>&1; fi
q=
for p in $r; do stat -f -c "$F" "$p" 2>&1 & q="$q$!
"; done
y=$((_n+3))
for c in $q; do
[ $_n -lt $y ] || kill -9 $c 2>/dev/null
u $y $c; z $?
done
unset IFS
set +f`;

/**
 * The same where all mounts that matter are local. The number of statfs(2) goes by the machine (x86-64, AArch64, RISC-V), which
 * all have the same structure.
 */
export const FILESYSTEM_PERL = `my$n={62,137,183,43,243,43}->{machine()}||return;my($m,$o,@p)=("","");
sysopen F,"/proc/self/mountinfo",0 or return;1 while sysread F,$m,65536,length$m;
for(split/\\n/,$m){/^\\S+ \\S+ (\\S+) \\S+ (\\S+) (\\S+) (?:.*? )?- (\\S+) (\\S*) (\\S*)/||next;
my($j,$p,$a,$k,$d,$u)=($1,$2,$3,$4,$5,$6);
next if$k=~/^(?:${EXCLUDED_TYPES.join('|')})$/||$p=~m{^(?:${EXCLUDED_TREES.join('|')})(?:/|$)|^(?:${EXCLUDED_BELOW.join('|')})/.|\\\\012};
$k=~/^(?:${LOCAL_TYPES})$/||return;
$o.="mount $d $p $k ".(",$a,$u,"=~/,(?:emergency_)?ro,/?"ro":"rw")." $j\\n";
$p=~s/\\\\(040|011|043|134)/chr oct$1/ge;push@p,$p}
for my$p(@p){my$b="\\0"x256;
if(syscall($n,$p,$b)<0){$o.="stat: cannot ask \\x27$p\\x27: $!\\n";next}
my@f=unpack"q2Q5x8q2",$b;$o.=join(" ","stat",$f[8]||$f[1],@f[2..6],$p)."\\n"}
$o`;

/** Whether a mount is one that the scripts leave out. */
export function isExcluded(point: string, type: string): boolean {
  return (
    EXCLUDED_TYPES.includes(type) ||
    EXCLUDED_TREES.some((tree) => point === tree || point.startsWith(`${tree}/`)) ||
    EXCLUDED_BELOW.some((folder) => point.startsWith(`${folder}/`) && point.length > folder.length + 1)
  );
}

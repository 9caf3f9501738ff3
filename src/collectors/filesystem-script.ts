import { FILE_BYTES } from './limits.js';

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

/** Mounts that share a process: a list of arguments that grows by one costs the shell as much as it is long. */
const TOGETHER = 50;

/** Comes before each mount of a process, and always has an answer: a mount without one shows by its place. */
export const LANDMARK = '/proc';

/**
 * Prints what `readMounts` of `filesystem-answer.ts` reads. No answer is found by the name of its mount, which every `stat` quotes in
 * a way of its own: they go by number or place.
 *
 * * `mount DEVICE POINT TYPE ro|rw MAJOR:MINOR`, as /proc/self/mountinfo escapes it: one of those that share the next process.
 *   `together` and their numbers follow, `why` and what `stat` says of those without, or `again` when the process hung: then each is
 *   asked by itself.
 * * `apart …`, the same words: asked by itself. `stat N NUMBERS` is the answer of the Nth that is, `timeout N` says that it hung, and
 *   `why N` what `stat` says of it.
 *
 * The list is taken apart by the shell itself: reading it with `read` costs a system call a byte. A last line that was cut off is left
 * out. Mounts that can hang have a process each and are asked all at once, so that a dead file server takes nothing else with it; a
 * local mount below such a one hangs too. They are asked last: what several processes print at once is whole only as long as it is a
 * short line, for which reason each is asked again for its error. When their time is over, all that are left end at once, not one a
 * tick. A name with a line break could pass for lines of ours in an error: its mount is asked apart, and its error is not.
 */
export const FILESYSTEM_SCRIPT = `set -f
F='%S %b %f %a %c %d'
a= n=0 r= q= f=
IFS='
'
unescape() {
P=$p
case $P in *'\\'*) for x in '\\040: ' '\\011:	' '\\012:
' '\\043:#' '\\134:\\'; do
o=
while :; do case $P in *"\${x%%:*}"*) o=$o\${P%%"\${x%%:*}"*}\${x#*:}; P=\${P#*"\${x%%:*}"} ;; *) break ;; esac; done
P=$o$P
done ;; esac
}
together() {
[ $n != 0 ] || return 0
set --
for p in $a; do unescape; set -- "$@" ${LANDMARK} "$P"; done
echo together
t 3 stat -f -c "$F %n" "$@" 2>/dev/null
case $? in
0) ;;
124|137) echo; echo again; r=$r$a ;;
*) echo; echo why; t 3 stat -f -c "$F" "$@" 2>&1 >/dev/null ;;
esac
a= n=0
}
for l in $(head -c ${FILE_BYTES} /proc/self/mountinfo); do
case $l in *' - '*' '*' '*) ;; *) continue ;; esac
l=\${l#* * }
m=\${l%% *}; l=\${l#* * }
p=\${l%% *}; l=\${l#* }
o=\${l%% *}; l=\${l#* - }
k=\${l%% *}; l=\${l#* }
case $k in ${EXCLUDED_TYPES.join('|')}) continue ;; esac
case $p in ${EXCLUDED_POINTS}) continue ;; esac
d=\${l%% *}
case ,$o,\${l#* }, in *,ro,*|*,emergency_ro,*) o=ro ;; *) o=rw ;; esac
case $k in ${LOCAL_TYPES}) w=mount ;; *) w=apart ;; esac
case $p in *'\\012'*) w=apart ;; esac
printf '%s %s %s %s %s %s\\n' $w "$d" "$p" "$k" "$o" "$m"
case $w in
mount) a="$a$p
" n=$((n+1)); [ $n -lt ${TOGETHER} ] || together ;;
*) r="$r$p
" ;;
esac
done
together
n=0
for p in $r; do
unescape
n=$((n+1))
stat -f -c "stat $n $F" "$P" 2>/dev/null & q="$q$n:$!:$p
"
done
y=$((_n+3))
for l in $q; do
p=\${l#*:}
[ $_n -lt $y ] || kill -9 \${p%%:*} 2>/dev/null
u $y \${p%%:*}
case $?:$p in
0:*) ;;
124:*|137:*) echo timeout \${l%%:*} ;;
*'\\012'*) ;;
*) f="$f\${l%%:*}:\${p#*:}
" ;;
esac
done
y=$((_n+3))
for l in $f; do
[ $_n -lt $y ] || break
p=\${l#*:}
unescape
echo why \${l%%:*}
stat -f -c "$F" "$P" 2>&1 >/dev/null & u $y $!
done
unset IFS
set +f`;

/**
 * The same where all mounts that matter are local; each is asked by itself, since that costs no process here. The number of statfs(2)
 * goes by the machine (x86-64, AArch64, RISC-V), which all have the same structure.
 */
export const FILESYSTEM_PERL = `my$n={62,137,183,43,243,43}->{machine()}||return;my($m,$o,$i,@p)=("","",0);
sysopen F,"/proc/self/mountinfo",0 or return;1 while length$m<${FILE_BYTES}&&sysread F,$m,${FILE_BYTES}-length$m,length$m;
for(split/\\n/,$m){/^[^ ]+ [^ ]+ ([^ ]+) [^ ]+ ([^ ]+) ([^ ]+) (?:.*? )?- ([^ ]+) ([^ ]*) ([^ ]*)/||next;
my($j,$p,$a,$k,$d,$u)=($1,$2,$3,$4,$5,$6);
next if$k=~/^(?:${EXCLUDED_TYPES.join('|')})$/||$p=~m{^(?:${EXCLUDED_TREES.join('|')})(?:/|$)|^(?:${EXCLUDED_BELOW.join('|')})/.};
$k=~/^(?:${LOCAL_TYPES})$/||return;
$o.="apart $d $p $k ".(",$a,$u,"=~/,(?:emergency_)?ro,/?"ro":"rw")." $j\\n";
$p=~s/\\\\(040|011|012|043|134)/chr oct$1/ge;push@p,$p}
for my$p(@p){my$b="\\0"x256;$i++;
if(syscall($n,$p,$b)<0){$o.="why $i\\nstat: $!\\n"if$p!~/\\n/;next}
my@f=unpack"q2Q5x8q2",$b;$o.=join(" ","stat",$i,$f[8]||$f[1],@f[2..6])."\\n"}
$o`;

import type { Collector } from './collector.js';

/** A collector that has Perl; its position among those of a batch decides its bit in {@link perlProgram}'s exit status. */
export type PerlCollector = Collector & { readonly perl: string };

/** Exit statuses above hold no bits: they are those of the shell for a program that is missing, failed or was killed. */
export const PERL_BITS = 7;

/** Those that run in Perl where a node has it, at most as many as an exit status has bits for. */
export function perlCollectors(collectors: readonly Collector[]): PerlCollector[] {
  return collectors
    .filter((collector): collector is PerlCollector => collector.perl !== undefined)
    .slice(0, PERL_BITS - 1);
}

/**
 * The Perl program of a batch. The token is in its environment; its arguments are the name of the section of files, and the files, of
 * which it prints at most so many bytes each, as `head -v` does. Then it prints a section a collector.
 *
 * Its exit status has a bit for each part that it has left to the shell: 1 for the files, 2 for the first collector, and so on.
 * A part that fails is left to the shell as well. A file of sysfs is never longer than a page, and whole after one read. All files
 * are on their way before anything else is asked.
 *
 * @param fileBytes bytes of each file that are printed
 */
export function perlProgram(collectors: readonly PerlCollector[], fileBytes: number): string {
  const subs = collectors.map(({ name, perl }) => `[q(${name}),sub{${perl.trim()}}]`).join(',\n');
  return `$t=$ENV{T};$n=shift;$c="";print"\\@$t begin $n\\n";
for(@ARGV){sysopen F,$_,0 or next;print"$c==> $_ <==\\n";$c="\\n";$l=${fileBytes};
while($l>0&&($k=sysread F,$b,$l)){print$b;$l-=$k;last if$k<4096&&m{^/sys/}}}
print"\\n\\@$t end $n 0\\n";$|=1;
sub machine{my$h="";sysopen F,"/proc/self/exe",0;sysread F,$h,20;my($c,$o,$m)=unpack"x4CCx12v",$h;$c==2&&$o==1?$m:0}
for(${subs}){$i*=2;$i||=2;$o=eval{$$_[1]->()};
if(defined$o){print"\\@$t begin $$_[0]\\n$o\\n\\@$t end $$_[0] 0\\n"}else{$d|=$i}}
exit$d`;
}

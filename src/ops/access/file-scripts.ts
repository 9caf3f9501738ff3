import { quote } from '../../core/shell.js';
import { folderOf } from './manifest.js';

/** POSIX sh for the steps of a plan that are about files of root's. See `APPLY_SHELL` for what they build upon. */

/** Writes a file of root's; it is never there in part. Its folder is made when it is missing. */
export function putFile(path: string, text: string, mode: string): string {
  return `room ${quote(folderOf(path))}\nput ${quote(path)} ${mode} ${here(text)}`;
}

/** Writes a file of sudoers when sudo itself finds it right: a wrong one can end sudo for everybody. */
export function putSudoers(path: string, text: string): string {
  // A name with a dot is no file of sudoers.d.
  return `room ${quote(folderOf(path))}
begin ${quote(path)}
cat >"$new" ${here(text)}chmod 440 "$new"
visudo -cqf "$new" || fail 'sudo refuses the lines'
finish ${quote(path)} 0:0 440
`;
}

/** Removes a file of root's. */
export function removeFile(path: string): string {
  return `rooted ${quote(folderOf(path))} || [ $what = none ] || fail "$why"
rm -f ${quote(path)}
`;
}

/** Removes a manifest, and its folder when nothing else is in it. */
export function removeManifest(path: string): string {
  return `${removeFile(path)}! rooted ${quote(folderOf(path))} || rmdir ${quote(folderOf(path))} 2>/dev/null || :\n`;
}

/** Removes the gate, unless another fleet lists one by now. */
export function removeGate(path: string, manifest: string): string {
  return `if ! shared ${quote(manifest)} 'gate '; then\n${removeFile(path)}fi\n`;
}

/** A text as a here-document, which the shell takes as it is. */
export function here(text: string): string {
  const lines = new Set(text.split('\n'));
  let mark = 'END_OF_FILE';
  while (lines.has(mark)) mark += '_';
  return `<<'${mark}'\n${text}${mark}\n`;
}

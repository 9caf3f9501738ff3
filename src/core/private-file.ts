/**
 * Whether a private file of ours can be read by others. As OpenSSH judges it: only a file that we own ourselves is ours to
 * close; one that another account owns (a mounted secret) is its owner's business.
 *
 * @param stats of the file
 * @param uid of this process; undefined where the system has none
 */
export function isOpenToOthers(
  stats: { readonly mode: number; readonly uid: number },
  uid: number | undefined,
): boolean {
  return stats.uid === uid && (stats.mode & 0o077) !== 0;
}

/** Whether somebody else could put other content into a file: by its group or by anybody, whoever owns it. */
export function isChangeableByOthers(stats: { readonly mode: number }): boolean {
  return (stats.mode & 0o022) !== 0;
}

/**
 * Whether anybody on the machine could put other content into a file, or another file in its place. A group is left out: whoever shares
 * one has chosen to. In a folder such as /tmp (sticky) only the owner of a file can replace it.
 */
export function isChangeableByAll(
  file: { readonly mode: number },
  folder: { readonly mode: number },
): {
  readonly file: boolean;
  readonly folder: boolean;
} {
  return {
    file: (file.mode & 0o002) !== 0,
    folder: (folder.mode & 0o002) !== 0 && (folder.mode & 0o1000) === 0,
  };
}

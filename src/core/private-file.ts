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

const LENGTH = 16;

/** What is shown of a digest in hexadecimal digits: enough to tell what differs. */
export function shortDigest(digest: string): string {
  return digest.slice(0, LENGTH);
}

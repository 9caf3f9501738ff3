/**
 * What is taken from one answer of a node. The node decides what it prints; these bounds decide what that may cost. Each is far above
 * what a real machine states. Past a bound, the collector that wanted the text fails with the reason, and the probe goes on.
 */

/** Bytes of each file that are asked for. A node that sends more has run another command than it was given. */
export const FILE_BYTES = 262_144;
/** Characters of one section. */
export const SECTION_LENGTH = 524_288;
/** Lines of one file or section. */
export const LINES = 32_768;
/** Files in one answer, and lines that look like the heading of one. */
export const FILES = 16_384;
/** Characters of a path in the heading of a file. */
export const HEADING_LENGTH = 512;
/** Series of one probe. */
export const SERIES = 50_000;
/** Characters of all labels of one probe. A node that repeats a long name in many series reaches it first. */
export const LABELS_LENGTH = 4_194_304;

/**
 * Why a text is not read: the bound that it exceeds, as the end of a sentence.
 *
 * @param length characters that it may have
 * @returns undefined when it is within the bounds
 */
export function excessOf(text: string, length: number): string | undefined {
  if (text.length > length) return `more than ${length} characters`;
  if (text.length <= LINES) return undefined;
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines > LINES ? `more than ${LINES} lines` : undefined;
}

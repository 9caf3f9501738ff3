/** Lines of a text, in offsets. A line ends before its `\n` or `\r\n`, or with the text. */

/** Where the line begins that holds the offset. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the line ends that holds the offset. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  if (newline < 0) return text.length;
  return newline > offset && text[newline - 1] === '\r' ? newline - 1 : newline;
}

/** Where the line after this one begins; the length of the text when there is none. */
export function nextLine(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline < 0 ? text.length : newline + 1;
}

/** Where the line before this one ends; undefined in the first line. */
export function previousEnd(text: string, offset: number): number | undefined {
  const start = lineStart(text, offset);
  return start === 0 ? undefined : lineEnd(text, lineStart(text, start - 1));
}

/** Characters of the line before the offset. */
export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** The number of the line that holds the offset, from 1. */
export function lineNumber(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** Whether nothing but blanks stands from one offset to another. */
export function isBlank(text: string, from: number, to: number): boolean {
  return text.slice(from, to).trim() === '';
}

const FENCE = /^( *)```(?<language>\w*)\n(?<body>[^]*?)\n\1```$/gm;
const CODE = /`[^`\n]*`/g;
const HEADING = /^#+ +(?<title>.+)$/gm;
const LINK = /\]\((?<inline>[^)\s]+)\)|^\[[^\]]+\]: *(?<reference>\S+)|\b(?:src|href)="(?<html>[^"]+)"/gm;
const CELL_BORDER = /(?<!\\)\|/;

/** The text without fenced blocks, in which `#`, `|` and brackets mean something else. */
function prose(text: string): string {
  return text.replaceAll(FENCE, '');
}

/** Bodies of the fenced blocks in one language. */
export function blocksOf(text: string, language: string): string[] {
  return [...text.matchAll(FENCE)]
    .filter(({ groups }) => groups?.['language'] === language)
    .map(({ groups }) => groups?.['body'] ?? '');
}

/** Targets of all links and images, as written. */
export function linksOf(text: string): string[] {
  return [...prose(text).replaceAll(CODE, '').matchAll(LINK)].map(
    ({ groups }) => groups?.['inline'] ?? groups?.['reference'] ?? groups?.['html'] ?? '',
  );
}

/** Everything that stands in backticks within a line. */
export function codeOf(text: string): string[] {
  return [...prose(text).matchAll(CODE)].map(([code]) => code.slice(1, -1));
}

/** The anchors that GitHub gives to the headings: lower case, hyphens for spaces, no punctuation, a number for repetitions. */
export function anchorsOf(text: string): Set<string> {
  const anchors = new Set<string>();
  for (const { groups } of prose(text).matchAll(HEADING)) {
    const anchor = (groups?.['title'] ?? '')
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    let unique = anchor;
    for (let number = 1; anchors.has(unique); number++) unique = `${anchor}-${number}`;
    anchors.add(unique);
  }
  return anchors;
}

/**
 * The rows of the first table that follows some text, such as a heading; without the head of the table.
 *
 * @throws when the text is not there
 */
export function tableAfter(text: string, mark: string): string[][] {
  const start = text.indexOf(mark);
  if (start < 0) throw new Error(`The document does not have: ${mark}`);
  const lines = text.slice(start).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const length = lines.slice(first).findIndex((line) => !line.startsWith('|'));
  const rows = lines.slice(first, length < 0 ? undefined : first + length);
  return rows.slice(2).map((row) =>
    row
      .split(CELL_BORDER)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

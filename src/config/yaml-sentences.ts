import type { ErrorCode, YAMLError } from 'yaml';

/** One sentence for each way in which YAML breaks in practice; the parser's own words presume its grammar. */
const SENTENCES: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'a tab indents this line; indent with spaces',
  BAD_INDENT:
    'this line is not indented like its neighbours; align it with the other lines of its map or list',
  BAD_SCALAR_START: 'a value cannot start with this character; put the value in quotes',
  BAD_DQ_ESCAPE: 'a "\\" has a meaning of its own in double quotes; use single quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'two keys stand on one line; start a new line, or put a value that contains ": " in quotes',
  BAD_ALIAS: 'a value cannot start with "*" here; put the value in quotes',
  MULTILINE_IMPLICIT_KEY: 'this line has no ": " after its key; add it',
  MULTIPLE_DOCS: 'a second YAML document starts here; keep one document a file',
  NON_STRING_KEY: 'a map or list stands where a key belongs; write a word',
  RESOURCE_EXHAUSTION: 'the YAML is nested too deeply here; flatten it',
};

const UNCLOSED_QUOTE = /closing (?<quote>['"])/;
const UNCLOSED_FLOW = /^Flow (?:map|sequence)|end with a [\]}]/;
const MISSING_DASH = /^Sequence item without/;
const KEY_AT_START = /^["']?(?<key>[A-Za-z0-9_.-]{1,63})/;

/** What is wrong and how to mend it, for an error of the YAML parser. Repeats at most a key of the text. */
export function yamlSentence({ code, message, pos }: YAMLError, text: string): string {
  if (code === 'DUPLICATE_KEY') {
    const key = KEY_AT_START.exec(text.slice(pos[0], pos[0] + 80))?.groups?.['key'];
    return `${key === undefined ? 'a key' : `"${key}"`} stands here a second time; keep one of the two`;
  }
  const quote = UNCLOSED_QUOTE.exec(message)?.groups?.['quote'];
  if (quote !== undefined)
    return `a ${quote === '"' ? 'double' : 'single'} quote was opened and is not closed up to here; close it`;
  if (UNCLOSED_FLOW.test(message)) return 'a "[" or "{" was opened and is not closed up to here; close it';
  if (MISSING_DASH.test(message))
    return 'this line lies in a list without "- " at its start; indent it further, or add "- "';
  return (
    SENTENCES[code] ??
    'this is not YAML; check the indentation, colons, brackets and quotes here and in the line above'
  );
}

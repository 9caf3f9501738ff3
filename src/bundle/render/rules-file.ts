import { Document, Scalar, YAMLMap, YAMLSeq, type Node } from 'yaml';
import type { WrittenGroup, WrittenRule } from './prometheus-rules.js';

const WIDTH = 120;

/** The text of a rule file. */
export function rulesFile(head: string, groups: readonly WrittenGroup[]): string {
  const document = new Document({});
  document.commentBefore = comment(head, WIDTH);
  document.set('groups', groupNodes(groups));
  return document.toString({ lineWidth: WIDTH, blockQuote: true, singleQuote: true });
}

/** The groups as nodes of a YAML document, for a file of which they are a part. */
export function groupNodes(groups: readonly WrittenGroup[]): Node {
  const list = new YAMLSeq();
  for (const [index, { name, interval, rules }] of groups.entries()) {
    const group = new YAMLMap();
    group.set('name', name);
    if (interval !== undefined) group.set('interval', interval);
    const entries = new YAMLSeq();
    entries.items = rules.map((rule, at) => ruleNode(rule, at > 0));
    group.set('rules', entries);
    group.spaceBefore = index > 0;
    list.add(group);
  }
  return list;
}

function ruleNode({ note, rule }: WrittenRule, isLater: boolean): Node {
  const map = new YAMLMap();
  for (const [key, value] of Object.entries(rule)) map.set(key, valueNode(key, value as unknown));
  if (note !== undefined) map.commentBefore = comment(note, WIDTH - 8);
  map.spaceBefore = isLater;
  return map;
}

function valueNode(key: string, value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    const map = new YAMLMap();
    for (const [name, text] of Object.entries(value)) map.set(name, valueNode(name, text as unknown));
    return map;
  }
  const scalar = new Scalar(value);
  if (key === 'expr' && String(value).includes('\n')) scalar.type = 'BLOCK_LITERAL';
  if (key === 'description') scalar.type = 'BLOCK_FOLDED';
  return scalar;
}

/** Words broken into lines, each with the space that stands after the `#`. */
function comment(text: string, width: number): string {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line.length + word.length + 3 > width) {
        lines.push(line);
        line = '';
      }
      line += ` ${word}`;
    }
    lines.push(line);
  }
  return lines.join('\n');
}

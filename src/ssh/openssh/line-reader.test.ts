import { expect, test } from '@jest/globals';
import { createLineReader } from './line-reader.js';

test('cuts bytes into lines, whatever the pieces', () => {
  const lines: string[] = [];
  const read = createLineReader((line) => lines.push(line));
  for (const piece of ['one\r\ntw', 'o\n', '\nthr', 'ee']) read(Buffer.from(piece));
  expect(lines).toEqual(['one', 'two', '']);
});

test('drops the rest of a line without end', () => {
  const lines: string[] = [];
  const read = createLineReader((line) => lines.push(line));
  for (let piece = 0; piece < 1_000; piece++) read(Buffer.alloc(1_000, 'x'));
  read(Buffer.from('\nnext\n'));
  expect(lines.map((line) => line.length)).toEqual([8192, 4]);
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ByteBuffer } from './byte-buffer.js';

test('holds what was said, whatever the pieces, characters cut in two among them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(9)), (text, cuts) => {
      const bytes = Buffer.from(text);
      const buffer = new ByteBuffer();
      let at = 0;
      for (const cut of cuts) {
        buffer.append(bytes.subarray(at, at + cut));
        at = Math.min(bytes.length, at + cut);
      }
      buffer.append(bytes.subarray(at));
      expect([buffer.length, buffer.toString()]).toEqual([bytes.length, bytes.toString('utf8')]);
    }),
  );
});

test('takes no more than twice the memory of what was said, one byte at a time', () => {
  const buffer = new ByteBuffer();
  const [byte] = [Buffer.from('x')];
  for (let count = 0; count < 1_000_000; count++) buffer.append(byte);
  expect(buffer.length).toBe(1_000_000);
  expect(buffer.room).toBeLessThanOrEqual(2_000_000);
});

test('keeps none of the memory that the pieces lie in', () => {
  const buffer = new ByteBuffer();
  const piece = Buffer.from('one');
  buffer.append(piece);
  piece.fill('x');
  expect(buffer.toString()).toBe('one');
});

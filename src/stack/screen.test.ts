import { describe, expect, test } from '@jest/globals';
import { createScreen } from './screen.js';

function record(properties: { isTTY?: boolean; columns?: number }): {
  text: () => string;
  stream: Parameters<typeof createScreen>[0];
} {
  let text = '';
  return { text: () => text, stream: { ...properties, write: (part) => (text += part) } };
}

describe('the screen', () => {
  test('is plain lines when it is a file', () => {
    const { stream, text } = record({});
    const screen = createScreen(stream);
    screen.say('Starting.');
    screen.show('1 node');
    screen.show('2 nodes');
    screen.end();
    screen.show('3 nodes');
    expect(text()).toBe('Starting.\n1 node\n2 nodes\n');
  });

  test('keeps the status below what is said on a terminal, within its width', () => {
    const { stream, text } = record({ isTTY: true, columns: 8 });
    const screen = createScreen(stream);
    screen.show('12345678910');
    screen.say('Stopping.');
    expect(text()).toBe('\r\u001b[K1234567\r\u001b[KStopping.\n1234567');
    screen.end();
    screen.show('12345678911');
    screen.say('Done.');
    expect(text()).toMatch(/1234567\r\u001b\[KDone\.\n$/);
  });
});

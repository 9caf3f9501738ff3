import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const CSS = readFileSync(join(import.meta.dirname, '../assets/landing.css'), 'utf8');

const COLOUR = /--(?<name>[a-z-]+): (?<hex>#[0-9a-f]{6});/g;

/** WCAG 2.2, 1.4.3 and 1.4.11: text, and what a control is recognised by. */
const TEXT = 4.5;
const EDGE = 3;

type Palette = ReadonlyMap<string, string>;

function paletteAfter(selector: string): Palette {
  const start = CSS.indexOf(`${selector} {`);
  const block = CSS.slice(start, CSS.indexOf('}', start));
  const colours = new Map<string, string>();
  for (const { groups } of block.matchAll(COLOUR)) colours.set(groups?.['name'] ?? '', groups?.['hex'] ?? '');
  return colours;
}

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(palette: Palette, front: string, back: string): number {
  const [dark = 0, light = 0] = [front, back]
    .map((name) => luminance(palette.get(name) ?? ''))
    .sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const light = paletteAfter(':root');
const dark = paletteAfter(":root[data-theme='dark']");

test('the dark theme is the same by system and by choice', () => {
  expect(dark.size).toBeGreaterThan(10);
  expect([...paletteAfter(":root:not([data-theme='light'])")]).toEqual([...dark]);
  expect([...light.keys()]).toEqual([...dark.keys()]);
});

describe.each([
  ['light', light],
  ['dark', dark],
])('the %s theme', (_, palette) => {
  const backs = ['page', 'surface', 'hover'];
  test.each(['text', 'muted', 'accent', 'up', 'down', 'stale', 'never'])(
    '%s can be read everywhere',
    (front) => {
      for (const back of backs) expect(contrast(palette, front, back)).toBeGreaterThanOrEqual(TEXT);
    },
  );

  test('banners and filled controls can be read', () => {
    expect(contrast(palette, 'down', 'down-tint')).toBeGreaterThanOrEqual(TEXT);
    expect(contrast(palette, 'stale', 'stale-tint')).toBeGreaterThanOrEqual(TEXT);
    expect(contrast(palette, 'on-accent', 'accent')).toBeGreaterThanOrEqual(TEXT);
  });

  test('edges of controls can be seen', () => {
    for (const back of ['page', 'surface'])
      expect(contrast(palette, 'edge', back)).toBeGreaterThanOrEqual(EDGE);
  });
});

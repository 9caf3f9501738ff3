import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import {
  startSamplePrometheus,
  type SamplePrometheus,
} from '../../src/bundle/dashboards/testing/sample-prometheus.js';
import { startChromium } from '../../src/testing/chromium.js';
import { show } from './look.js';
import type { Panel } from './model.js';
import { renderPage } from './page.js';
import { drawOf } from './panels/registry.js';
import { readDashboards } from './preview.js';
import { connect } from './prometheus.js';
import { transform } from './transform.js';
import { formatOf } from './units.js';

describe('a value', () => {
  test.each([
    ['percentunit', 0.8856, 1, '88.6%'],
    ['bps', 483_000_000, undefined, '483 Mb/s'],
    ['bytes', 112_742_891_520, undefined, '105 GiB'],
    ['s', 5400, 1, '1.5 hours'],
    ['reqps', 1500, undefined, '1.50K req/s'],
    ['none', 12, undefined, '12'],
  ])('in %s: %d', (unit, value, decimals, text) => {
    expect(formatOf(unit)(value, decimals, 0)).toBe(text);
  });

  test('of a unit that is not known is a mistake, not a guess', () => {
    expect(() => formatOf('furlongs')).toThrow('The unit "furlongs" has no format');
  });

  test('has the words and the colour of its mapping, else the colour of its threshold', () => {
    const mappings = [{ type: 'value', options: { '0': { text: 'Down', color: 'red' } } }];
    const thresholds = {
      steps: [
        { value: null, color: 'green' },
        { value: 5, color: 'orange' },
      ],
    };
    expect(show(0, { mappings, thresholds }, 0)).toEqual({ text: 'Down', colour: '#F2495C' });
    expect(show(7, { mappings, thresholds }, 0)).toEqual({ text: '7', colour: '#FF9830' });
    expect(show(undefined, { noValue: '–' }, 0)).toEqual({ text: '–', colour: undefined });
  });
});

describe('transformations', () => {
  const frames = [
    {
      refId: 'A',
      fields: [
        { name: 'node', values: ['a', 'b'] },
        { name: 'Value #A', values: [1, 2] },
      ],
    },
    {
      refId: 'B',
      fields: [
        { name: 'node', values: ['b', 'c'] },
        { name: 'Value #B', values: [3, 4] },
      ],
    },
  ];

  test('join by a field with a row for each of its values, then order and name the columns', () => {
    const [joined] = transform(frames, [
      { id: 'joinByField', options: { byField: 'node', mode: 'outer' } },
      {
        id: 'organize',
        options: { indexByName: { 'Value #B': 0, node: 1 }, renameByName: { node: 'Node' } },
      },
    ]);
    expect(joined?.fields).toEqual([
      { name: 'Value #B', values: [undefined, 3, 4] },
      { name: 'Node', values: ['a', 'b', 'c'] },
      { name: 'Value #A', values: [1, 2, undefined] },
    ]);
  });

  test('that are not known are a mistake', () => {
    expect(() => transform(frames, [{ id: 'magic' }])).toThrow('The transformation "magic" is not known');
  });
});

test('a type of panel that cannot be drawn is never left out in silence', () => {
  const panel: Panel = { type: 'candlestick', id: 1, title: 'Prices', gridPos: { x: 0, y: 0, w: 1, h: 1 } };
  expect(() => drawOf(panel)).toThrow('The panel "Prices" is of the type "candlestick"');
});

/** Of each panel, whether there is more in it than its title. */
const FILLED = `Array.from(document.querySelectorAll('.panel'), (panel) => {
  const title = panel.querySelector('h3').textContent;
  return panel.textContent.length > title.length || panel.querySelector('svg') !== null;
})`;

describe('pages of a fleet with a working, a broken and an unreachable node', () => {
  let prometheus: SamplePrometheus;
  let browser: Browser;
  beforeAll(async () => {
    prometheus = await startSamplePrometheus();
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser.close();
    await prometheus.stop();
  });

  test.each([1400, 390])('show every panel with something in it, %d pixels wide', async (width) => {
    const all = await readDashboards();
    for (const dashboard of all) {
      const client = connect(prometheus.url);
      const choices = { instance: dashboard.uid === 'pipefleet-node' ? 'fra-1' : '' };
      const options = {
        dashboard,
        dashboards: all,
        prometheus: client,
        width,
        now: Date.now(),
        scrapeSeconds: 30,
      };
      const { html, errors } = await renderPage({
        ...options,
        choices: choices.instance === '' ? {} : choices,
      });
      expect(errors).toEqual([]);
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      await page.setContent(html);
      const shown = await page.evaluate<boolean[]>(FILLED);
      expect(shown).toHaveLength(dashboard.panels.filter(({ type }) => type !== 'row').length);
      expect(shown).not.toContain(false);
      // Nothing is wider than the page.
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      expect(await page.textContent('footer')).toContain('not rendered by Grafana');
      await page.close();
    }
  });
});

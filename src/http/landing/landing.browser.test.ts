import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startChromium } from '../../testing/chromium.js';
import type { FleetViewInput } from './fleet-view.js';
import { healthySamples, makeCollector, makeFailure, makeNode, makeOutcome, NOW } from './testing/fleet.js';
import { makeFleet } from './testing/scenes.js';
import { type LandingServer, serveLanding } from './testing/server.js';

const ARGUMENTS = [
  '--headless',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740 };

/** What the page must never do; collected by scripts of the browser, not of the page. */
const WATCH = `
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));
  window.alert = () => violations.push('alert');
`;

let browser: Browser;
let server: LandingServer | undefined;
let page: Page | undefined;
let complaints: string[] = [];
/** Makes every refresh tell itself from the one before, in milliseconds. */
let serial = 0;

beforeAll(async () => {
  browser = await startChromium(...ARGUMENTS);
});

afterAll(async () => {
  await browser.close();
});

/** Whatever a test does, the browser has nothing to complain about. */
afterEach(async () => {
  const violations = await page?.evaluate('window.violations ?? []');
  await page?.context().close();
  await server?.close();
  page = undefined;
  server = undefined;
  expect(complaints).toEqual([]);
  expect(violations).toEqual([]);
});

interface Options {
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly path?: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly javaScript?: boolean;
  /** Loads that are part of the test and fail, which the browser reports as errors. */
  readonly failing?: boolean;
}

async function open(
  fleet: FleetViewInput,
  options: Options = {},
): Promise<{ page: Page; server: LandingServer }> {
  const opened = await serveLanding(fleet);
  const context = await browser.newContext({
    viewport: options.viewport ?? DESKTOP,
    colorScheme: options.colorScheme ?? 'light',
    javaScriptEnabled: options.javaScript ?? true,
    locale: 'en-GB',
  });
  const tab = await context.newPage();
  server = opened;
  page = tab;
  complaints = [];
  tab.on('pageerror', (error) => complaints.push(error.message));
  tab.on('console', (message) => {
    const expected = options.failing === true && message.text().startsWith('Failed to load resource');
    if (!expected) complaints.push(message.text());
  });
  await tab.addInitScript(WATCH);
  await tab.clock.install();
  await tab.goto(new URL(options.path ?? '', opened.url).href);
  return { page: tab, server: opened };
}

/** Names of the rows that are to be seen, from top to bottom. */
function shown(tab: Page): Promise<string[]> {
  return tab.locator('tbody tr:visible th a').allTextContents();
}

/** Lets ten seconds pass by the page's clock and waits until it shows what is served by then. */
async function refresh(tab: Page, landing: LandingServer, fleet: FleetViewInput): Promise<void> {
  const now = ++serial + NOW;
  landing.fleet = { ...fleet, now };
  await tab.clock.runFor(10_000);
  await tab.locator(`#as-of[datetime="${new Date(now).toISOString()}"]`).waitFor({ state: 'attached' });
}

function tableOf(tab: Page): Promise<string> {
  return tab.locator('tbody').innerHTML();
}

describe('sorting', () => {
  test('starts worst first', async () => {
    const { page } = await open(makeFleet(12));
    expect((await shown(page)).slice(0, 5)).toEqual(['ams-1', 'nrt-2', 'fra-2', 'sin-2', 'gru-1']);
    expect(await page.getByRole('columnheader', { name: 'State' }).getAttribute('aria-sort')).toBe(
      'ascending',
    );
  });

  test('by a click on a heading, then the other way round; what is not stated stays last', async () => {
    const { page } = await open(makeFleet(12));
    const memory = page.getByRole('columnheader', { name: 'Memory' });
    await memory.getByRole('button').click();
    expect(await memory.getAttribute('aria-sort')).toBe('descending');
    const down = await page.locator('tbody tr td.memory').allTextContents();
    expect(down.slice(0, 4)).toEqual(['81%', '75%', '69%', '63%']);
    expect(down.slice(-3)).toEqual(['–', '–', '–']);

    await memory.getByRole('button').click();
    expect(await memory.getAttribute('aria-sort')).toBe('ascending');
    const up = await page.locator('tbody tr td.memory').allTextContents();
    expect(up.slice(0, 2)).toEqual(['13%', '19%']);
    expect(up.slice(-3)).toEqual(['–', '–', '–']);
    expect(await page.locator('[aria-sort]').count()).toBe(1);
  });

  test('by keyboard', async () => {
    const { page } = await open(makeFleet(12));
    await page.getByRole('columnheader', { name: 'State' }).getByRole('button').focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    expect((await shown(page)).slice(0, 3)).toEqual(['ams-1', 'ams-2', 'fra-1']);
    expect(page.url()).toContain('?sort=name');
  });

  test('by the list on a phone', async () => {
    const { page } = await open(makeFleet(12), { viewport: PHONE });
    await page.getByLabel('Sort by').selectOption('-name');
    expect((await shown(page)).slice(0, 2)).toEqual(['sin-2', 'sin-1']);
  });
});

describe('the filter', () => {
  test('finds every word in name, group, region or reason, and is kept in the address', async () => {
    const { page } = await open(makeFleet(12));
    await page.getByLabel('Filter').fill('canary');
    expect(await shown(page)).toEqual(['gru-1', 'fra-1', 'iad-2']);
    await page.getByLabel('Filter').fill('CANARY  iad');
    expect(await shown(page)).toEqual(['iad-2']);
    expect(page.url()).toMatch(/\?q=CANARY\+\+iad$/);
    await page.getByLabel('Filter').fill('host_key_changed');
    expect(await shown(page)).toEqual(['ams-1']);
  });

  test('is taken from the address', async () => {
    const { page } = await open(makeFleet(12), { path: '?q=edge&state=up&sort=-name' });
    expect(await page.getByLabel('Filter').inputValue()).toBe('edge');
    expect((await shown(page)).slice(0, 2)).toEqual(['sin-1', 'nrt-1']);
    expect(await shown(page)).toHaveLength(8);
  });

  test('by state, also by keyboard', async () => {
    const { page } = await open(makeFleet(12));
    await page.getByText('down 2').click();
    expect(await shown(page)).toEqual(['ams-1', 'nrt-2']);
    await page.keyboard.press('ArrowRight');
    expect(await shown(page)).toEqual(['fra-2']);
    expect(page.url()).toMatch(/\?state=stale$/);
  });

  test('says when nothing matches and shows all again', async () => {
    const { page } = await open(makeFleet(3), { path: '?state=bogus' });
    await page.keyboard.press('/');
    await page.keyboard.type('nowhere');
    expect(await shown(page)).toEqual([]);
    expect(await page.getByText('No node matches.').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await shown(page)).toHaveLength(3);
    expect(page.url()).toBe(server?.url);
  });
});

describe('the theme', () => {
  const background = 'getComputedStyle(document.body).backgroundColor';
  const LIGHT = 'rgb(245, 247, 248)';
  const DARK = 'rgb(13, 18, 22)';

  test.each([
    ['light', LIGHT],
    ['dark', DARK],
  ] as const)('follows a %s system', async (colorScheme, colour) => {
    const { page } = await open(makeFleet(3), { colorScheme });
    expect(await page.evaluate(background)).toBe(colour);
  });

  test('can be chosen, and the choice is remembered', async () => {
    const { page } = await open(makeFleet(3), { colorScheme: 'dark' });
    const button = page.getByRole('button', { name: 'Theme' });
    await button.click();
    expect(await button.textContent()).toBe('Theme: light');
    await page.reload();
    expect(await button.textContent()).toBe('Theme: light');
    expect(await page.evaluate(background)).toBe(LIGHT);
    await button.click();
    await button.click();
    expect(await button.textContent()).toBe('Theme: auto');
    expect(await page.evaluate(background)).toBe(DARK);
  });
});

describe('live refresh', () => {
  test('brings the same rows as a fresh page', async () => {
    const { page, server } = await open(makeFleet(12));
    await refresh(page, server, makeFleet(40));
    const refreshed = await tableOf(page);
    await page.reload();
    expect(refreshed.replaceAll('\n', '')).toBe((await tableOf(page)).replaceAll('\n', ''));
    expect(await shown(page)).toHaveLength(40);
  });

  test('brings the totals', async () => {
    const { page, server } = await open(makeFleet(3));
    await refresh(page, server, {
      ...makeFleet(12),
      nodes: makeFleet(12).nodes.map((node) => ({ ...node, labels: { simulated: 'true' } })),
    });
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('8 of 12 up');
    expect(await page.getByText('2 down · 1 stale').isVisible()).toBe(true);
    expect(await page.getByText('Simulated fleet: nothing here is real.').isVisible()).toBe(true);
    expect(await page.locator('fieldset').innerText()).toMatch(/all\s+12/);
    expect(await page.title()).toBe('8 of 12 up · pipefleet');
  });

  test('keeps filter, order, focus and scroll', async () => {
    const { page, server } = await open(makeFleet(90), { path: '?q=edge&sort=name' });
    const link = page.getByRole('link', { name: 'iad-5', exact: true });
    await link.focus();
    await page.evaluate('scrollTo(0, 600)');

    const later = makeFleet(90);
    const outcomes = new Map(later.outcomes);
    outcomes.set('iad-5', makeFailure('iad-5', 'auth'));
    const nodes = later.nodes.filter((node) => node.name !== 'sin-15');
    await refresh(page, server, {
      ...later,
      nodes: [...nodes, makeNode('zzz-1', { groups: ['core'] })],
      outcomes,
    });

    expect(await page.evaluate('scrollY')).toBe(600);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('iad-5');
    expect(await page.getByLabel('Filter').inputValue()).toBe('edge');
    const names = await shown(page);
    expect(names).toHaveLength(89);
    expect(names.slice(0, 2)).toEqual(['ams-1', 'ams-2']);
    expect(await page.getByRole('row', { name: 'iad-5' }).textContent()).toContain(
      'The node refused the key.',
    );
  });

  test('keeps the focus on a row that moves', async () => {
    const { page, server } = await open(makeFleet(12));
    await page.getByRole('link', { name: 'sin-1' }).focus();
    const later = makeFleet(12);
    await refresh(page, server, {
      ...later,
      outcomes: new Map([...later.outcomes, ['sin-1', makeFailure('sin-1', 'auth')]]),
    });
    expect((await shown(page)).slice(0, 3)).toEqual(['ams-1', 'nrt-2', 'sin-1']);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('sin-1');
  });

  test('turns the explanation for an empty inventory into the table', async () => {
    const { page, server } = await open(makeFleet(0));
    expect(await page.getByRole('heading', { name: 'No nodes yet' }).isVisible()).toBe(true);
    await refresh(page, server, makeFleet(3));
    expect(await page.getByRole('heading', { name: 'No nodes yet' }).isVisible()).toBe(false);
    expect(await shown(page)).toHaveLength(3);
  });

  test('says since when the exporter does not answer, and when it does again', async () => {
    const { page, server } = await open(makeFleet(3), { failing: true });
    server.fleet = undefined;
    await page.clock.runFor(10_000);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toMatch(/^The exporter has not answered since \d\d:\d\d:\d\d\./);
    expect(await shown(page)).toHaveLength(3);
    await refresh(page, server, makeFleet(3));
    await alert.waitFor({ state: 'hidden' });
  });

  test('rests while nobody looks and catches up at once', async () => {
    const { page } = await open(makeFleet(3));
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/fleet.json')) asked += 1;
    });
    const setHidden = (hidden: boolean) =>
      page.evaluate(
        `Object.defineProperty(document, 'hidden', { value: ${String(hidden)}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`,
      );
    await setHidden(true);
    await page.clock.runFor(120_000);
    expect(asked).toBe(0);
    const answered = page.waitForResponse((response) => response.url().endsWith('/fleet.json'));
    await setHidden(false);
    expect((await answered).status()).toBe(200);
  });
});

describe('on a phone', () => {
  const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

  const cardOverflow =
    "Math.max(...[...document.querySelectorAll('tbody tr')].map((row) => row.scrollWidth - row.clientWidth))";

  test.each([0, 3, 40])('a fleet of %d never scrolls sideways', async (size) => {
    const { page } = await open(makeFleet(size), { viewport: PHONE });
    expect(await page.evaluate(overflow)).toBe(0);
  });

  test('neither do long words', async () => {
    const long = 'a'.repeat(63);
    const nodes = [makeNode(long, { groups: [long, long], labels: { region: long, simulated: 'true' } })];
    const outcomes = new Map([[long, makeFailure(long, 'host_key_changed', 'x'.repeat(400))]]);
    const { page } = await open({ nodes, outcomes, now: NOW, version: '0.1.0' }, { viewport: PHONE });
    expect(await page.evaluate(overflow)).toBe(0);
    expect(await page.evaluate(cardOverflow)).toBe(0);
  });
});

test.each([1280, 1265, 1264, 768])('nor does a screen of %d pixels, whatever the names', async (width) => {
  const long = 'a'.repeat(63);
  const nodes = [makeNode(long, { groups: [long, long], labels: { region: long } }), makeNode('fra-1')];
  const outcomes = new Map([['fra-1', makeOutcome('fra-1', { startedAt: NOW - 59 * 60_000 })]]);
  const fleet = { nodes, outcomes, now: NOW, version: '0.1.0' };
  const { page } = await open(fleet, { viewport: { width, height: 800 } });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
});

test('hostile names are shown as they are and do nothing, at first and after a refresh', async () => {
  const attack = '<img src=x onerror=alert(1)>"\'><script>alert(1)</script>';
  const nodes = [makeNode(attack, { groups: [attack], labels: { region: attack } }), makeNode('failed')];
  const mount = [
    { metric: 'node_filesystem_size_bytes', labels: { mountpoint: attack }, value: 100 },
    { metric: 'node_filesystem_avail_bytes', labels: { mountpoint: attack }, value: 1 },
  ];
  const outcomes = new Map([
    [attack, makeOutcome(attack, { collectors: [makeCollector(attack, mount, attack)] })],
    ['failed', makeFailure('failed', 'auth', attack)],
  ]);
  const fleet = { nodes, outcomes, now: NOW, version: attack };
  const { page, server } = await open(fleet, { path: `?q=${encodeURIComponent('<script>')}` });
  expect(await shown(page)).toEqual(['failed', attack]);
  await refresh(page, server, fleet);
  expect(await shown(page)).toEqual(['failed', attack]);
  expect(await page.locator('main img, main script').count()).toBe(0);
});

test('without scripts the page is complete, worst first, and shows no dead controls', async () => {
  const { page } = await open(makeFleet(12), { javaScript: false });
  expect((await shown(page)).slice(0, 2)).toEqual(['ams-1', 'nrt-2']);
  expect(await page.locator('form').isVisible()).toBe(false);
  expect(await page.getByRole('button', { name: 'Theme' }).isVisible()).toBe(false);
  expect(await page.getByText('Without JavaScript').isVisible()).toBe(true);
});

test('a value that wants a look is told by more than its colour', async () => {
  const collectors = [makeCollector('everything', healthySamples({ pipe_node_http_up: 0 }))];
  const outcomes = new Map([['fra-1', makeOutcome('fra-1', { collectors })]]);
  const { page } = await open({ nodes: [makeNode('fra-1')], outcomes, now: NOW, version: '0.1.0' });
  expect(await page.getByText('The node software does not answer HTTP.').isVisible()).toBe(true);
});

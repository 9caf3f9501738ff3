import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { checkoutFolder } from '../stack/checkout.js';
import { findTool } from '../stack/tools.js';

/**
 * Starts Chromium without a window. What it keeps for itself, such as its folder for crashes, goes into the checkout, not into the home of
 * the person.
 *
 * @param options more words for it
 */
export async function startChromium(...options: readonly string[]): Promise<Browser> {
  const home = join(checkoutFolder(), '.cache', 'chromium-home');
  // Short, for its sockets.
  const temporary = mkdtempSync(join(tmpdir(), 'pipefleet-chromium-'));
  const browser = await chromium.launch({
    executablePath: await findTool('chromium'),
    args: ['--no-sandbox', ...options],
    env: {
      ...process.env,
      HOME: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      XDG_CACHE_HOME: join(home, '.cache'),
      TMPDIR: temporary,
    },
  });
  browser.on('disconnected', () => rmSync(temporary, { recursive: true, force: true }));
  return browser;
}

import { startChromium } from '../../src/testing/chromium.js';

/** A browser that turns pages into pictures. */
export interface Camera {
  /** A PNG of the whole page. */
  shoot(html: string, width: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** Starts Chromium. */
export async function openCamera(): Promise<Camera> {
  const browser = await startChromium('--font-render-hinting=none');
  return {
    shoot: async (html, width) => {
      const page = await browser.newPage({ viewport: { width, height: 800 } });
      try {
        await page.setContent(html, { waitUntil: 'load' });
        return await page.screenshot({ fullPage: true });
      } finally {
        await page.close();
      }
    },
    close: () => browser.close(),
  };
}

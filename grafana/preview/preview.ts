import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readDashboard, type Dashboard } from './model.js';
import { renderPage } from './page.js';
import { startPastPrometheus } from './past-prometheus.js';
import { connect } from './prometheus.js';
import { openCamera } from './screenshot.js';

const FOLDER = join('grafana', 'dashboards');

/** What is shown of a dashboard about one node: one with something to see. */
const CHOICES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'pipefleet-node': { instance: 'bom-1' },
  'pipefleet-compare': { instance: 'tyo-1' },
};

/**
 * `npm run preview`: a picture of each dashboard, from the answers of a Prometheus.
 *
 * @param words `--prometheus URL` for one that runs, else two days are simulated; `--out FOLDER`, `--dashboard UID`, `--width PIXELS`
 * @returns what Prometheus refused, a sentence each
 */
export async function preview(words: readonly string[], say: (text: string) => void): Promise<string[]> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      prometheus: { type: 'string' },
      out: { type: 'string', default: join('docs', 'images') },
      dashboard: { type: 'string' },
      width: { type: 'string', default: '1400' },
      scrape: { type: 'string' },
    },
  });
  const past = values.prometheus === undefined ? await startPastPrometheus(say) : undefined;
  const prometheus = connect(values.prometheus ?? past?.url ?? '');
  const scrapeSeconds = Number(values.scrape ?? (past === undefined ? 30 : 120));
  const width = Number(values.width);
  const all = await readDashboards();
  const camera = await openCamera();
  const refused: string[] = [];
  try {
    await mkdir(values.out, { recursive: true });
    for (const dashboard of all) {
      if (values.dashboard !== undefined && values.dashboard !== dashboard.uid) continue;
      const choices = CHOICES[dashboard.uid] ?? {};
      const options = {
        dashboard,
        dashboards: all,
        prometheus,
        choices,
        width,
        now: past === undefined ? Date.now() : past.end * 1000,
        scrapeSeconds,
      };
      const { html, errors } = await renderPage(options);
      refused.push(...errors.map((sentence) => `${dashboard.title}: ${sentence}`));
      const path = join(values.out, `${dashboard.uid}${width < 700 ? '-phone' : ''}.png`);
      await writeFile(path, await camera.shoot(html, width));
      say(`Wrote ${path}.`);
    }
  } finally {
    await camera.close();
    await past?.stop();
  }
  return refused;
}

/** Every dashboard, in the order of the files. */
export async function readDashboards(): Promise<Dashboard[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(
    names.map(async (name) => readDashboard(await readFile(join(FOLDER, name), 'utf8'), join(FOLDER, name))),
  );
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundleFiles } from '../../src/bundle/files.js';
import { checkSettings } from '../../src/bundle/load-settings.js';
import { formatProblem } from '../../src/config/diagnostics.js';

/**
 * Writes what a bundle.yml gives for Alertmanager, and gives the path of the configuration.
 *
 * @param folder where it is put
 * @param change of the configuration, for what a test has otherwise than an operator
 * @throws when the bundle.yml is wrong
 */
export function written(
  folder: string,
  text: string,
  change: (config: string) => string = (config) => config,
): string {
  const { settings, problems } = checkSettings(text, 'bundle.yml');
  if (settings === undefined) throw new Error(problems.map(formatProblem).join('\n'));
  for (const [path, content] of Object.entries(bundleFiles(settings))) {
    if (!path.startsWith('alertmanager/')) continue;
    const target = join(folder, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, path.endsWith('.yml') ? change(content) : content);
  }
  return join(folder, 'alertmanager/alertmanager.yml');
}

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Absolute path of the folder that holds the whole project: bundle, `.cache` and `.run`. The same for the TypeScript
 * source, for dist and for a compilation elsewhere below it.
 */
export function checkoutFolder(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  let folder = start;
  while (
    !existsSync(join(folder, 'prometheus', 'prometheus.yml')) &&
    !existsSync(join(folder, 'tsconfig.build.json'))
  ) {
    const parent = dirname(folder);
    if (parent === folder) return join(start, '..', '..');
    folder = parent;
  }
  return folder;
}

import { prometheusFiles, type Files } from './files.js';
import { defaultSettings } from './load-settings.js';

/** Every file that is kept in the repository as the defaults give it, by path. */
export function committedFiles(): Files {
  return { ...prometheusFiles(defaultSettings()) };
}

import { prometheusFiles, type Files } from './files.js';
import { DEFAULT_SETTINGS } from './settings.js';

/** Every file that is kept in the repository as the defaults give it, by path. */
export function committedFiles(): Files {
  return { ...prometheusFiles(DEFAULT_SETTINGS) };
}

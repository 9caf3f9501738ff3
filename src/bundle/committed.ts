import { exampleSettings } from './example-settings.js';
import { alertsDoc } from './render/alerts-doc.js';
import { keptFiles, type Files } from './files.js';
import { defaultSettings } from './load-settings.js';

/** Every file that is kept in the repository as a bundle.yml that says nothing gives it, by path. */
export function committedFiles(): Files {
  return {
    ...keptFiles(defaultSettings()),
    'bundle.example.yml': exampleSettings(),
    'docs/alerts.md': alertsDoc(defaultSettings()),
  };
}

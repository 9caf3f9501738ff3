import { COLLECTORS } from '../collectors/registry.js';
import { readVersion } from '../core/version.js';
import { createGates, type Gates, type GateSettings } from './gates.js';

/**
 * The gates that this pipefleet installs on the nodes of a configuration. Whoever installs, shows or compares gates takes them from here,
 * so that all mean the same bytes.
 */
export function gatesOf(config: {
  readonly modules: ReadonlyMap<string, GateSettings['modules'][number]>;
}): Gates {
  return createGates({
    version: readVersion(),
    collectors: COLLECTORS,
    modules: [...config.modules.values()],
  });
}

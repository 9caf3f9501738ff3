import type { Verb } from './verb.js';
import { hello } from './verbs/hello.js';
import { monitor } from './verbs/monitor.js';
import { serve } from './verbs/serve.js';
import { service } from './verbs/service.js';

/**
 * Every verb, in the order of the tables. One line each. `monitor` is the last in the text of a gate, since it is by far the
 * longest.
 */
export const VERBS: readonly Verb[] = [hello, service, serve, monitor];

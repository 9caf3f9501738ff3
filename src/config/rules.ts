import { credentialRules } from './credential-rules.js';
import { credentialUseRules } from './credential-use-rules.js';
import { jumpRules } from './jump-rules.js';
import { moduleRules } from './module-rules.js';
import { nodeRules } from './node-rules.js';
import type { RuleContext } from './rule-tools.js';
import type { Mistake } from './sentences.js';

/**
 * What no single value tells: references, exclusions, uniqueness. Works on the data as read, whatever else is wrong with
 * it, so that one mistake hides none of the others. Silent about values of a wrong kind: the schema tells about those.
 */
export function checkRules(data: unknown, context: RuleContext): Mistake[] {
  return [
    ...credentialRules(data, context),
    ...jumpRules(data),
    ...moduleRules(data, context),
    ...nodeRules(data, context),
    ...credentialUseRules(data),
  ];
}

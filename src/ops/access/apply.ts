import { APPLY_SHELL } from './apply-shell.js';
import { ROOT_SHELL } from './root-shell.js';
import type { Plan, Step } from './step.js';

/** What became of the steps of a plan on a node. */
export interface Applied {
  /** Steps that were done. */
  readonly done: readonly Step[];
  /** The step that failed; undefined when none did. Those after it were not begun. */
  readonly failed: Step | undefined;
}

const DONE = 'pipefleet-steps done';

/**
 * One POSIX sh script for all steps that change something, to be run as root. It is read as a whole before anything of it runs,
 * so that a connection that breaks while it is sent changes nothing; a step that fails ends it.
 */
export function applyScript(plan: Plan): string {
  const bodies = stepsOf(plan).map(
    ({ script }, index) => `( set -eu
trap '[ -z "$new" ] || rm -f "$new"' EXIT
${script})
r=$?
echo "pipefleet-step ${index} $r"
[ $r = 0 ] || exit 1
`,
  );
  return `${ROOT_SHELL}${APPLY_SHELL}all() {
${bodies.join('')}echo '${DONE}'
}
all </dev/null
`;
}

/**
 * Reads what the script of {@link applyScript} printed.
 *
 * @returns undefined when the answer broke off: what was done then is told by planning anew
 */
export function readApplied(plan: Plan, answer: string): Applied | undefined {
  const all = stepsOf(plan);
  const states = [...answer.matchAll(/^pipefleet-step (?<index>\d+) (?<status>\d+)$/gm)].map(
    ({ groups }) => ({
      step: all[Number(groups?.['index'])],
      ok: groups?.['status'] === '0',
    }),
  );
  const done = states.flatMap(({ step, ok }) => (ok && step !== undefined ? [step] : []));
  const failed = states.find(({ ok }) => !ok)?.step;
  if (failed === undefined && !answer.split('\n').includes(DONE)) return undefined;
  return { done, failed };
}

function stepsOf({ steps }: Plan): Step[] {
  return steps.filter(({ change }) => change !== 'keep');
}

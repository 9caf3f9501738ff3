import { SERVED_ANSWER_END } from '../../collectors/batch.js';
import type { Verb } from '../verb.js';

/** KiB of memory that may be taken by whoever sends a line without an end. */
const MEMORY = 262_144;

/**
 * Answers the requests that follow on standard input. Each is given to a gate of its own, which judges it as if sshd had started
 * it: here nothing is judged, and a gate that was renewed answers the next request.
 */
export const serve: Verb = {
  name: 'serve',
  purposes: ['monitor'],
  summary: 'Answer the requests that follow, one a line, each as if it had come alone.',
  args: [],
  script: () => `if [ "$verb" = serve ]; then
memory=$(ulimit -S -v)
ulimit -S -v ${MEMORY}
while IFS= read -r request; do
(
ulimit -S -v "$memory"
SSH_ORIGINAL_COMMAND=$request SSH_CONNECTION=$client exec "$0" "$purpose"
) </dev/null
printf '${SERVED_ANSWER_END}%s\\n' "\${request##* }" $?
done
exit 0
fi
`,
};

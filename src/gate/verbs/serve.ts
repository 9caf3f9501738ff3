import { SERVED_ANSWER_END } from '../../collectors/batch.js';
import { CHECK_LENGTH } from '../check-length.js';
import type { Verb } from '../verb.js';

/** KiB of memory that a line without an end may take; a shell itself needs less than a quarter of it. */
const MEMORY = 65_536;

/**
 * Answers the requests that follow on standard input. Each is given to a gate of its own, which judges it as if sshd had started
 * it: here only the length is checked, and a gate that was renewed answers the next request. It ends at a line that is too long and at
 * the end of its input, so that nothing keeps working on what a client sent before it hung up.
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
${CHECK_LENGTH}
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

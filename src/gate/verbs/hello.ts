import { purposes } from '../../core/purpose.js';
import type { Verb } from '../verb.js';

/** Which gate this is and what the key may ask of it. `parseHello` reads the answer. */
export const hello: Verb = {
  name: 'hello',
  purposes,
  summary: 'Say which gate this is, and what the key may ask of it.',
  args: [],
  script: ({ modules }, verbs) => `if [ "$verb" = hello ]; then
printf 'pipefleet-gate %s\\npurpose %s\\n' "$version" "$purpose"
case $purpose in
${purposes.map((purpose) => `${purpose}) echo 'verbs ${namesFor(purpose, verbs)}' ;;`).join('\n')}
esac
echo 'modules ${[...modules.keys()].join(' ')}'
digest=$(sha256sum <"$0") && printf 'digest %s\\n' "\${digest%% *}"
exit 0
fi
`,
};

function namesFor(purpose: (typeof purposes)[number], verbs: readonly Verb[]): string {
  const own = verbs.filter((verb) => verb.purposes.includes(purpose));
  return own.map(({ name }) => name).join(' ');
}

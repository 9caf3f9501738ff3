import { type Renderer, whole } from './renderer.js';
import { upkeepOf } from './upkeep.js';

/** What the script of the collector `host-updates` prints on Ubuntu: sentences of update-notifier. */
export const hostUpdates: Renderer = (state, profile) => {
  const { updates, rebootRequired } = upkeepOf(state, profile);
  const { pending, security, checkedSeconds } = updates;
  return `reboot ${rebootRequired ? 1 : 0}
checked ${whole(checkedSeconds)}

Expanded Security Maintenance for Applications is not enabled.

${pending} ${pending === 1 ? 'update' : 'updates'} can be applied immediately.
${securitySentence(security)}To see these additional updates run: apt list --upgradable

`;
};

function securitySentence(count: number): string {
  if (count === 0) return '';
  return count === 1
    ? '1 of these updates is a standard security update.\n'
    : `${count} of these updates are standard security updates.\n`;
}

import type { Renderer } from './renderer.js';

const FOLDER = '/proc/sys/kernel';

/** The files below /proc/sys/kernel that hold what uname(2) says. */
export const uname: Readonly<Record<string, Renderer>> = {
  [`${FOLDER}/ostype`]: () => 'Linux\n',
  [`${FOLDER}/osrelease`]: (_, profile) => `${profile.kernelRelease}\n`,
  [`${FOLDER}/version`]: (_, profile) => `${profile.kernelVersion}\n`,
  [`${FOLDER}/arch`]: () => 'x86_64\n',
  [`${FOLDER}/hostname`]: (_, profile) => `${profile.hostname}\n`,
  [`${FOLDER}/domainname`]: () => '(none)\n',
};

import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { debianTree } from './debian-tree.mjs';

/** What a person has who follows the README: Debian as it is installed, git and Node.js. */
const KIND = { name: 'person', options: ['--include=git,ca-certificates'] };
const PERSON = 1000;
const HOME = '/home/person';
/** What may be needed to reach the registries, and nothing else of this machine's environment. */
const WAY_OUT =
  /^(?:npm_config_(?:registry|cafile)|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|(?:https?|no)_proxy)$/i;
const NPM_WAY_OUT = /^(?:registry|cafile|ca|(?:https?-|no)?proxy)\s*=/;
const APT_WAY_OUT = /^Acquire::(?:https?::|Check-)/;

/**
 * In namespaces of its own, so that every process ends with the first one, and with a root that is a file system of its own, as on a
 * machine; $1 is the tree, $2 the command.
 */
const ENTER = `mount --bind "$1" "$1" && cd "$1" && mount --rbind /sys sys && mount --rbind /dev dev &&
mount -t tmpfs -o mode=1777 tmpfs dev/shm && mount -t proc proc proc && pivot_root . mnt && umount -l /mnt &&
setpriv --reuid ${PERSON} --regid ${PERSON} --clear-groups /bin/sh -c "$2"`;

/**
 * A bare machine with an ordinary user who has no file yet.
 *
 * @param {string} suite of Debian
 * @returns {Promise<string | undefined>} the path of its root; undefined when it cannot be made, and why has been said
 */
export async function bareMachine(suite) {
  const tree = await debianTree(suite, KIND);
  if (tree === undefined) return undefined;
  rmSync(tree + HOME, { recursive: true, force: true });
  rmSync(join(tree, 'tmp'), { recursive: true, force: true });
  mkdirSync(join(tree, 'tmp'));
  spawnSync('chmod', ['1777', join(tree, 'tmp')]);
  if (!readFileSync(join(tree, 'etc', 'passwd'), 'utf8').includes('\nperson:')) {
    spawnSync('chroot', [tree, 'useradd', '--shell', '/bin/sh', '--uid', String(PERSON), 'person']);
  }
  spawnSync('chroot', [tree, 'install', '-d', '-o', 'person', '-g', 'person', HOME]);
  installNode(tree);
  for (const file of ['/etc/resolv.conf', '/etc/hosts', '/etc/ssl/certs/ca-certificates.crt']) {
    if (existsSync(file)) copyFileSync(file, tree + file);
  }
  const { stdout: npmSettings = '' } = spawnSync('npm', ['config', 'get', 'globalconfig'], {
    encoding: 'utf8',
  });
  mkdirSync(join(tree, 'usr/local/etc'), { recursive: true });
  writeFileSync(join(tree, 'usr/local/etc/npmrc'), linesOf(npmSettings.trim(), NPM_WAY_OUT));
  const { stdout: aptSettings } = spawnSync('apt-config', ['dump'], { encoding: 'utf8' });
  const lines = aptSettings.split('\n').filter((line) => APT_WAY_OUT.test(line) && !line.endsWith(' "";'));
  writeFileSync(join(tree, 'etc/apt/apt.conf.d/99machine'), `${lines.join('\n')}\n`);
  return tree;
}

/**
 * Clones a repository to the home of the person.
 *
 * @param {string} tree
 * @param {string} repository a folder of this machine
 * @param {string} name of the clone
 * @returns {string | undefined} its path in the tree; undefined when git fails, which has said why
 */
export function cloneInto(tree, repository, name) {
  const place = `${HOME}/${name}`;
  const clone = ['clone', '--quiet', '--no-hardlinks', repository, tree + place];
  const { status } = spawnSync('git', clone, { stdio: 'inherit' });
  spawnSync('chown', ['-R', `${PERSON}:${PERSON}`, tree + place]);
  return status === 0 ? place : undefined;
}

/**
 * Runs a command of the shell on a bare machine as its person.
 *
 * @param {string} tree
 * @param {string} command
 * @returns {number} its exit status; 1 when it could not be run
 */
export function runOn(tree, command) {
  const wayOut = Object.entries(process.env).filter(([name]) => WAY_OUT.test(name));
  const environment = {
    ...Object.fromEntries(wayOut),
    HOME,
    USER: 'person',
    LOGNAME: 'person',
    LANG: 'C.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  };
  const unshare = ['--mount', '--pid', '--fork', '--kill-child', '--ipc', 'sh', '-c', ENTER, 'sh'];
  const { status } = spawnSync('unshare', [...unshare, tree, command], {
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return status ?? 1;
}

/** @param {string} tree gets the Node.js and npm that run this */
function installNode(tree) {
  const { stdout } = spawnSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' });
  const npm = dirname(dirname(realpathSync(stdout.trim())));
  const modules = join(tree, 'usr/local/lib/node_modules/npm');
  mkdirSync(join(tree, 'usr/local/bin'), { recursive: true });
  copyFileSync(process.execPath, join(tree, 'usr/local/bin/node'));
  rmSync(modules, { recursive: true, force: true });
  cpSync(npm, modules, { recursive: true });
  const link = join(tree, 'usr/local/bin/npm');
  rmSync(link, { force: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', link);
}

/**
 * @param {string} file
 * @param {RegExp} wanted
 */
function linesOf(file, wanted) {
  if (!existsSync(file)) return '';
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => wanted.test(line)).join('\n');
}

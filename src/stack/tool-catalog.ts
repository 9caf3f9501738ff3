import type { PackageRequest } from './debian.js';

/** Where one tool is found. */
export interface ToolSpec {
  /** Names under which it may stand on PATH or in one of `folders`. */
  readonly names: readonly string[];
  /** Absolute folders that are searched after PATH. */
  readonly folders?: readonly string[];
  /** What the machine's own must be at least, as `--version` prints it; any will do when undefined. */
  readonly minimum?: string;
  /** Key of {@link BUNDLES}. */
  readonly bundle: BundleName;
  /** Path below the unpacked tree; `*` stands for the machine's library folder such as x86_64-linux-gnu. */
  readonly path: string;
  /** Absolute folder that is compiled into the program and lies below the unpacked tree. */
  readonly folder?: string;
}

/** Packages that are unpacked into one tree. */
export const BUNDLES = {
  prometheus: { packages: ['prometheus', 'promtool'], suite: 'sid' },
  // The oldest that the rules are for; on Debian 12 it is this one.
  'prometheus-release': { packages: ['prometheus'], suite: 'release' },
  'victoria-metrics': { packages: ['victoria-metrics'], suite: 'sid' },
  alertmanager: { packages: ['prometheus-alertmanager'], suite: 'sid' },
  openssh: { packages: ['openssh-server', 'openssh-sftp-server', 'openssh-client'], suite: 'release' },
  'openssh-sid': {
    packages: ['openssh-server', 'openssh-sftp-server', 'openssh-client'],
    suite: 'sid',
    whole: true,
  },
  chromium: { packages: ['chromium', 'fontconfig-config', 'fonts-dejavu-core'], suite: 'release' },
  'node-exporter': { packages: ['prometheus-node-exporter'], suite: 'sid' },
  compose: { packages: ['docker-compose'], suite: 'sid' },
  busybox: { packages: ['busybox'], suite: 'release' },
  // What Ubuntu has instead, since 25.10.
  'rust-coreutils': { packages: ['rust-coreutils'], suite: 'sid', whole: true },
  curl: { packages: ['curl'], suite: 'release' },
  wget: { packages: ['wget'], suite: 'release' },
  haproxy: { packages: ['haproxy'], suite: 'release' },
  openssl: { packages: ['openssl'], suite: 'release' },
  sudo: { packages: ['sudo'], suite: 'release' },
  systemd: { packages: ['systemd'], suite: 'release' },
  git: { packages: ['git'], suite: 'release' },
  // What others send commands to many machines with, for comparison; Python programs, run by the machine's own.
  'fleet-tools': { packages: ['pssh', 'clustershell', 'ansible-core'], suite: 'release' },
  'nss-wrapper': { packages: ['libnss-wrapper'], suite: 'release' },
} as const satisfies Record<string, PackageRequest>;

export type BundleName = keyof typeof BUNDLES;

const SYSTEM_FOLDERS = ['/usr/sbin', '/sbin'];
const OPENSSH_FOLDERS = ['/usr/lib/openssh', '/usr/lib/ssh', '/usr/libexec/openssh', '/usr/libexec'];

/** Every tool that the quick start and the tests run, and that npm does not bring. */
export const TOOLS = {
  prometheus: { names: ['prometheus'], minimum: '3.0', bundle: 'prometheus', path: 'usr/bin/prometheus' },
  promtool: { names: ['promtool'], minimum: '3.0', bundle: 'prometheus', path: 'usr/bin/promtool' },
  // That of the machine's own release, by no name that PATH has.
  'promtool-release': { names: [], bundle: 'prometheus-release', path: 'usr/bin/promtool' },
  'vmalert-tool': { names: ['vmalert-tool'], bundle: 'victoria-metrics', path: 'usr/bin/vmalert-tool' },
  vmalert: { names: ['vmalert'], bundle: 'victoria-metrics', path: 'usr/bin/vmalert' },
  'victoria-metrics': {
    names: ['victoria-metrics'],
    bundle: 'victoria-metrics',
    path: 'usr/bin/victoria-metrics',
  },
  haproxy: { names: ['haproxy'], folders: SYSTEM_FOLDERS, bundle: 'haproxy', path: 'usr/sbin/haproxy' },
  vmagent: { names: ['vmagent'], bundle: 'victoria-metrics', path: 'usr/bin/vmagent' },
  alertmanager: {
    names: ['alertmanager', 'prometheus-alertmanager'],
    minimum: '0.33',
    bundle: 'alertmanager',
    path: 'usr/bin/prometheus-alertmanager',
    folder: '/usr/share/prometheus/alertmanager',
  },
  amtool: { names: ['amtool'], minimum: '0.33', bundle: 'alertmanager', path: 'usr/bin/amtool' },
  sshd: { names: ['sshd'], folders: SYSTEM_FOLDERS, bundle: 'openssh', path: 'usr/sbin/sshd' },
  // The server that Debian will have next, whatever the machine has; no other name than its own, which no PATH has.
  'sshd-sid': { names: [], bundle: 'openssh-sid', path: 'usr/sbin/sshd' },
  'sftp-server': {
    names: ['sftp-server'],
    folders: OPENSSH_FOLDERS,
    bundle: 'openssh',
    path: 'usr/lib/openssh/sftp-server',
  },
  ssh: { names: ['ssh'], bundle: 'openssh', path: 'usr/bin/ssh' },
  scp: { names: ['scp'], bundle: 'openssh', path: 'usr/bin/scp' },
  sftp: { names: ['sftp'], bundle: 'openssh', path: 'usr/bin/sftp' },
  'ssh-agent': { names: ['ssh-agent'], bundle: 'openssh', path: 'usr/bin/ssh-agent' },
  'ssh-add': { names: ['ssh-add'], bundle: 'openssh', path: 'usr/bin/ssh-add' },
  'ssh-keygen': { names: ['ssh-keygen'], bundle: 'openssh', path: 'usr/bin/ssh-keygen' },
  'ssh-keyscan': { names: ['ssh-keyscan'], bundle: 'openssh', path: 'usr/bin/ssh-keyscan' },
  chromium: {
    names: ['chromium', 'chromium-browser', 'google-chrome'],
    bundle: 'chromium',
    path: 'usr/lib/chromium/chromium',
  },
  node_exporter: {
    names: ['node_exporter', 'prometheus-node-exporter'],
    minimum: '1.9',
    bundle: 'node-exporter',
    path: 'usr/bin/prometheus-node-exporter',
  },
  'docker-compose': {
    names: ['docker-compose'],
    minimum: '2.0',
    bundle: 'compose',
    path: 'usr/libexec/docker/cli-plugins/docker-compose',
  },
  busybox: { names: ['busybox'], bundle: 'busybox', path: 'bin/busybox' },
  'rust-coreutils': { names: [], bundle: 'rust-coreutils', path: 'usr/bin/coreutils' },
  curl: { names: ['curl'], bundle: 'curl', path: 'usr/bin/curl' },
  wget: { names: ['wget'], bundle: 'wget', path: 'usr/bin/wget' },
  openssl: { names: ['openssl'], bundle: 'openssl', path: 'usr/bin/openssl' },
  sudo: { names: ['sudo'], bundle: 'sudo', path: 'usr/bin/sudo' },
  'systemd-analyze': { names: ['systemd-analyze'], bundle: 'systemd', path: 'usr/bin/systemd-analyze' },
  git: { names: ['git'], bundle: 'git', path: 'usr/bin/git' },
  'systemd-notify': { names: ['systemd-notify'], bundle: 'systemd', path: 'usr/bin/systemd-notify' },
  'systemd-socket-activate': {
    names: ['systemd-socket-activate'],
    bundle: 'systemd',
    path: 'usr/bin/systemd-socket-activate',
  },
  'libnss_wrapper.so': {
    names: ['libnss_wrapper.so'],
    folders: ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'],
    bundle: 'nss-wrapper',
    path: 'usr/lib/*/libnss_wrapper.so',
  },
} as const satisfies Record<string, ToolSpec>;

export type ToolName = keyof typeof TOOLS;

/** Every tool, in the order of the catalog. */
export const toolNames = Object.keys(TOOLS) as readonly ToolName[];

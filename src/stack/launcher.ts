import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { quote } from '../core/shell.js';
import { FOLDER_DESCRIPTOR } from './relocate.js';

const LIBRARY = /^lib.+\.so(?:\.\d+)*$/;

/**
 * Makes a program of an unpacked tree run where it lies. When the tree holds libraries, fonts or helpers that the program
 * would look for under /usr, a small script in its `launch` folder sets them and then becomes the program, so that the
 * process number and the signals are the program's own. It may be started through a symbolic link and with any PATH; when the
 * tree has moved, this is to be called again.
 *
 * @param root the unpacked tree, absolute
 * @param program absolute path below `root`
 * @param folder absolute path that the program was relocated from, when it was
 * @returns the path to run: the program itself when it needs nothing
 */
export async function launcherFor(root: string, program: string, folder?: string): Promise<string> {
  const inRoot = (path: string): string => `"$root"/${quote(relative(root, path))}`;
  const lines = [`root=${quote(root)}`];

  const libraries = await libraryFolders(root);
  const loader = await loaderOf(root);
  if (libraries.length > 0) {
    // With a C library of its own among them they are for this program alone: what it starts has the machine's loader.
    const assign = loader === undefined ? 'export LD_LIBRARY_PATH' : 'libraries';
    const path = libraries.map(inRoot).join(':');
    lines.push(`${assign}=${path}"\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`);
  }
  if (existsSync(join(root, 'usr/share/fonts'))) {
    lines.push('export FONTCONFIG_FILE="$root"/fonts.conf');
    await replaceFile(join(root, 'fonts.conf'), FONTS, 0o644);
  }
  if (folder !== undefined) lines.push(`exec ${FOLDER_DESCRIPTOR}<${inRoot(join(root, folder))}`);
  const run = (path: string): string =>
    loader === undefined ? inRoot(path) : `${inRoot(loader)} --library-path "$libraries" ${inRoot(path)}`;
  // Since 9.8 sshd runs its sessions in programs of their own, whose paths are compiled in. Its own quotes keep spaces.
  const helpers: string[] = [];
  for (const [option, helper] of SSHD_HELPERS) {
    const path = join(root, 'usr/lib/openssh', helper);
    if (!program.endsWith('/sshd') || !existsSync(path)) continue;
    // One that needs a loader needs a script too: sshd starts it without anything before it.
    const start =
      loader === undefined ? path : await writeScript(root, helper, [...lines, `exec ${run(path)} "$@"`]);
    helpers.push(`-o '${option}="'${inRoot(start)}'"' `);
  }
  if (lines.length === 1 && helpers.length === 0) return program;

  const name = program.slice(program.lastIndexOf('/') + 1);
  if (name === 'ssh' && loader === undefined) {
    // For ProxyJump it starts itself again, by the name that it was started by and without quotes: none with a blank may be its own.
    const folder = inRoot(dirname(program));
    return writeScript(root, name, [...lines, `export PATH=${folder}":$PATH"`, 'exec ssh "$@"']);
  }
  return writeScript(root, name, [...lines, `exec ${run(program)} ${helpers.join('')}"$@"`]);
}

/** @returns path of the script */
async function writeScript(root: string, name: string, lines: readonly string[]): Promise<string> {
  const script = join(root, 'launch', name);
  await mkdir(join(root, 'launch'), { recursive: true });
  await replaceFile(script, ['#!/bin/sh', ...lines, ''].join('\n'), 0o755);
  return script;
}

/** The loader of the tree's own C library, when it has one: that library works with no other. */
async function loaderOf(root: string): Promise<string | undefined> {
  for (const folder of ['usr/lib64', 'lib64', 'usr/lib', 'lib']) {
    const names = existsSync(join(root, folder)) ? await readdir(join(root, folder)) : [];
    const loader = names.find((name) => /^ld-linux.*\.so\.\d+$/.test(name));
    if (loader !== undefined) return join(root, folder, loader);
  }
  return undefined;
}

const SSHD_HELPERS = [
  ['SshdSessionPath', 'sshd-session'],
  ['SshdAuthPath', 'sshd-auth'],
] as const;

const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">usr/share/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="relative">fonts-cache</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`;

/** Another process may be running the file at this moment. */
async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, content, { mode });
  await rename(temporary, path);
}

/** Folders below `lib` and `usr/lib` that hold shared libraries, down to those of one package such as `pulseaudio`. */
async function libraryFolders(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const top of ['usr/lib', 'lib']) {
    for (const triplet of await folders(join(root, top))) {
      if (!triplet.endsWith('-linux-gnu')) continue;
      for (const folder of [triplet, ...(await folders(triplet))]) {
        const files = await readdir(folder);
        if (files.some((file) => LIBRARY.test(file))) found.push(folder);
      }
    }
  }
  return found;
}

async function folders(parent: string): Promise<string[]> {
  if (!existsSync(parent)) return [];
  const entries = await readdir(parent, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(parent, name));
}

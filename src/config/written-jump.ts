import * as z from 'zod';
import { hostMistake } from './address.js';
import { credentialName } from './written-credential.js';
import { name, text, wholeNumber } from './written-values.js';

const jumpName = name('Name of a jump host from "jump_hosts".', ['bastion']);

/** The way to a node, under the node or `defaults`. */
export const jump = z
  .union([jumpName, z.array(jumpName)], {
    error: 'must be a name or a list of names; write for example "bastion"',
  })
  .meta({
    description:
      'Jump host to go through, or list of them, the first to connect to first. An empty list is the direct way.',
  });

/** A jump host as it is written. */
export const writtenJumpHost = z
  .strictObject({
    host: text(hostMistake, {
      description: 'Host name, IPv4 address, or IPv6 address without brackets.',
      examples: ['bastion.example.net', '192.0.2.1'],
    }),
    port: wholeNumber(1, 65_535, 'TCP port of the SSH server.').prefault(22),
    credential: credentialName.optional(),
    via: name('Name of another jump host that comes before this one.', ['outer']).optional(),
    concurrent_dials: wholeNumber(
      1,
      1_000,
      'Connections that may be opened through it at once. Those that are open do not count.',
    ).prefault(16),
  })
  .meta({ description: 'A machine on the way. Its host key is verified like that of a node.' });

export type WrittenJumpHost = z.output<typeof writtenJumpHost>;
export type WrittenJump = z.output<typeof jump>;

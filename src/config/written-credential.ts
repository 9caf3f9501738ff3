import * as z from 'zod';
import { purposes, type Purpose } from '../core/purpose.js';
import { BACKENDS } from './config.js';
import { environmentMistake, userMistake } from './names.js';
import { pathMistake } from './paths.js';
import { sourcePatternMistake } from './source-pattern.js';
import { name, oneOf, path, text } from './written-values.js';

/** A reference to a credential, under a node, a jump host or `defaults`. */
export const credentialName = name(
  'Name of a credential from "credentials". May be omitted when there is only one, or only one for monitoring.',
  ['main'],
);

const sourcePattern = text(sourcePatternMistake, {
  description: 'IP address, network such as 192.0.2.0/24, or pattern of from= in sshd(8).',
  examples: ['198.51.100.7'],
});

/** A credential as it is written. */
export const writtenCredential = z
  .strictObject({
    user: text(userMistake, { description: 'Account on the node.', examples: ['pipefleet'] }),
    purpose: oneOf(
      purposes as [Purpose, ...Purpose[]],
      'What the key may be used for on a node. Nodes are probed with a key for monitor.',
    ).prefault('monitor'),
    key_file: path('Private key file. Only its owner may be able to read it (chmod 600).', [
      'keys/monitor',
    ]).optional(),
    agent: z
      .union([z.literal(true), text(pathMistake, { description: 'Path of the socket of an ssh-agent.' })], {
        error: 'must be true or the path of a socket; write true to use the agent of SSH_AUTH_SOCK',
      })
      .meta({
        description:
          'Use an ssh-agent instead of a key file: true for the one of SSH_AUTH_SOCK, or a path of a socket.',
      })
      .optional(),
    passphrase_file: path('File whose first line is the passphrase of the key.', [
      'keys/monitor.passphrase',
    ]).optional(),
    passphrase_env: text(environmentMistake, {
      description: 'Environment variable that holds the passphrase of the key.',
      examples: ['PIPEFLEET_PASSPHRASE'],
    }).optional(),
    from: z
      .union([sourcePattern, z.array(sourcePattern)], {
        error: 'must be an address or a list of addresses; write for example [198.51.100.7]',
      })
      .meta({
        description:
          'Where the key may be used from. Nodes that are set up enforce it. Everywhere when omitted.',
      })
      .optional(),
    backend: oneOf(
      BACKENDS,
      'What speaks SSH: ssh2 inside the process, or openssh, the OpenSSH client of the system.',
    ).prefault('ssh2'),
    certificate_file: path('OpenSSH certificate for the key; with "backend: openssh" only.', [
      'keys/monitor-cert.pub',
    ]).optional(),
    ssh_config: path('File in the format of ssh_config(5) to obey; with "backend: openssh" only.', [
      '~/.ssh/config',
    ]).optional(),
  })
  .meta({
    description: 'How to log in: an account, and a key file or an agent. It never holds a secret itself.',
  });

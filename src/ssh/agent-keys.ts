import ssh2, { type ParsedKey } from 'ssh2';

/**
 * The public keys that an ssh-agent holds, in the wire format of RFC 4253.
 *
 * @param socket path of the agent's socket
 * @throws what the agent or the system says
 */
export function agentKeys(socket: string): Promise<readonly Buffer[]> {
  return new Promise((resolve, reject) => {
    ssh2.createAgent(socket).getIdentities((error, keys) => {
      if (error !== undefined && error !== null) reject(error);
      else resolve((keys ?? []).map((key) => (key as ParsedKey).getPublicSSH()));
    });
  });
}

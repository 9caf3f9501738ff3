import ssh2 from 'ssh2';

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly hostKey: string;
}

export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | undefined;
}

export interface TestClient {
  run(command: string): Promise<CommandResult>;
  /** Settles when the connection is gone, whoever closed it. */
  readonly closed: Promise<void>;
  end(): Promise<void>;
}

/**
 * Logs in to a simulated node and verifies its host key.
 *
 * @throws when the node does not let the client in
 */
export async function connect(
  target: Target,
  privateKey: string,
  username = 'pipefleet',
): Promise<TestClient> {
  const client = new ssh2.Client();
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    client
      .on('ready', () => resolve())
      .on('error', reject)
      .connect({
        host: target.host,
        port: target.port,
        username,
        privateKey,
        hostVerifier: (key: Buffer) => target.hostKey === `ssh-ed25519 ${key.toString('base64')}`,
      });
  });
  return {
    closed,
    run: (command) =>
      new Promise((resolve, reject) => {
        client.exec(command, (error, channel) => {
          if (error) {
            reject(error);
            return;
          }
          let stdout = '';
          let stderr = '';
          let exitCode: number | undefined;
          channel.setEncoding('utf8').on('data', (text: string) => (stdout += text));
          channel.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
          channel.on('exit', (code: number) => (exitCode = code));
          channel.on('close', () => resolve({ stdout, stderr, exitCode }));
        });
      }),
    async end() {
      client.end();
      await closed;
    },
  };
}

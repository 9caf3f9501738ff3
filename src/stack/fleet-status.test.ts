import { createServer } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { formatFleetStatus, readFleetStatus } from './fleet-status.js';

interface Answers {
  readonly counts: Readonly<Record<'up' | 'down' | 'stale' | 'never', number>>;
  /** Value of the query for alerts; none fires when undefined. */
  readonly firing?: string;
}

/** Runs an action against something that answers as the exporter and as Prometheus do. */
async function withServers<T>(answers: Answers, action: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    const result = answers.firing === undefined ? [] : [{ metric: {}, value: [1, answers.firing] }];
    const body = request.url === '/fleet.json' ? { counts: answers.counts } : { data: { result } };
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    return await action(
      `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    );
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const read = (url: string) => readFleetStatus({ exporter: url, prometheus: url });

describe('the state of the fleet', () => {
  test('is what the exporter has seen, and what fires', async () => {
    const status = await withServers({ counts: { up: 11, down: 1, stale: 0, never: 0 }, firing: '2' }, read);
    expect(status).toEqual({ up: 11, down: 1, unprobed: 0, firing: 2 });
    expect(formatFleetStatus(status, 61.2)).toBe('12 nodes: 11 up, 1 down; 2 alerts firing; running 61 s');
  });

  test('counts a node that was not probed yet as neither up nor down', async () => {
    const status = await withServers({ counts: { up: 3, down: 0, stale: 1, never: 8 } }, read);
    expect(formatFleetStatus(status, 1)).toBe(
      '12 nodes: 3 up, 0 down, 9 not probed yet; 0 alerts firing; running 1 s',
    );
  });

  test('is undefined when nobody answers', async () => {
    const url = await withServers({ counts: { up: 0, down: 0, stale: 0, never: 0 } }, (there) =>
      Promise.resolve(there),
    );
    await expect(read(url)).resolves.toBeUndefined();
    expect(formatFleetStatus(undefined, 7300)).toBe(
      'The exporter or Prometheus does not answer; running 2 h',
    );
  });

  test('has no alerts where there is no Prometheus', async () => {
    const status = await withServers({ counts: { up: 2, down: 1, stale: 0, never: 0 } }, (exporter) =>
      readFleetStatus({ exporter, prometheus: undefined }),
    );
    expect(formatFleetStatus(status, 5)).toBe('3 nodes: 2 up, 1 down; running 5 s');
  });

  test('one is one', () => {
    expect(formatFleetStatus({ up: 1, down: 0, unprobed: 0, firing: 1 }, 180)).toBe(
      '1 node: 1 up, 0 down; 1 alert firing; running 3 min',
    );
  });
});

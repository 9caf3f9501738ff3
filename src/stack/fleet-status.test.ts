import { createServer } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { formatFleetStatus, readFleetStatus } from './fleet-status.js';

/** Runs an action against something that answers queries as Prometheus does. */
async function withPrometheus<T>(
  values: Record<string, string>,
  action: (url: string) => Promise<T>,
): Promise<T> {
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://x').searchParams.get('query') ?? '';
    const value = Object.entries(values).find(([part]) => query.includes(part))?.[1];
    const result = value === undefined ? [] : [{ metric: {}, value: [1, value] }];
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
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

describe('the state of the fleet', () => {
  test('is what Prometheus knows', async () => {
    const status = await withPrometheus(
      { 'up{': '12', 'sum(probe_success': '11', ALERTS: '2' },
      readFleetStatus,
    );
    expect(status).toEqual({ nodes: 12, up: 11, firing: 2 });
    expect(formatFleetStatus(status, 61.2)).toBe('12 nodes: 11 up, 1 down; 2 alerts firing; running 61 s');
  });

  test('is unknown, not zero, before the first scrape', async () => {
    const status = await withPrometheus({}, readFleetStatus);
    expect(status).toEqual({ nodes: undefined, up: undefined, firing: 0 });
    expect(formatFleetStatus(status, 1)).toBe('waiting for the first scrapes; running 1 s');
  });

  test('is undefined when Prometheus does not answer', async () => {
    const url = await withPrometheus({}, (there) => Promise.resolve(there));
    await expect(readFleetStatus(url)).resolves.toBeUndefined();
    expect(formatFleetStatus(undefined, 7300)).toBe('Prometheus does not answer; running 2 h');
  });

  test('one is one', () => {
    expect(formatFleetStatus({ nodes: 1, up: 1, firing: 1 }, 180)).toBe(
      '1 node: 1 up, 0 down; 1 alert firing; running 3 min',
    );
  });
});

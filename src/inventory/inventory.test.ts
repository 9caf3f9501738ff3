import { describe, expect, test } from '@jest/globals';
import type { Module, NodeConfig } from '../config/config.js';
import { buildInventory } from './inventory.js';
import { targetGroups } from './service-discovery.js';
import { sketchJumpHost, sketchNode } from './testing/sketches.js';

function node(name: string, parts: Partial<NodeConfig> = {}): NodeConfig {
  return sketchNode({ name, host: `${name}.example.net`, ...parts });
}

function inventoryOf(...nodes: NodeConfig[]) {
  return buildInventory({ nodes, knownHosts: ['/known_hosts'] });
}

function moduleOf(timeoutSeconds: number, intervalSeconds?: number): Module {
  return { name: 'node', collectors: ['cpu'], timeoutSeconds, intervalSeconds, shareSeconds: 0 };
}

const ADDRESS = '127.0.0.1:10950';

describe('the inventory', () => {
  const inventory = inventoryOf(node('fra-1'), node('ams-1'));

  test('keeps the order of the file and finds a node by its name alone', () => {
    expect(inventory.size).toBe(2);
    expect(inventory.nodes.map(({ name }) => name)).toEqual(['fra-1', 'ams-1']);
    expect(inventory.get('ams-1')).toBe(inventory.nodes[1]);
    expect(inventory.get('ams-1.example.net')).toBeUndefined();
    expect(inventory.get('constructor')).toBeUndefined();
  });

  test('says for each node who vouches for its host key', () => {
    expect(inventory.get('fra-1')?.knownHosts).toEqual(['/known_hosts']);
  });
});

describe('service discovery', () => {
  test('gives one group a node, and every target is the exporter itself', () => {
    const inventory = inventoryOf(
      node('fra-1', { groups: ['edge', 'eu'], labels: { region: 'eu', provider: 'example' } }),
      node('ams-1'),
    );
    expect(targetGroups(inventory.nodes, { module: moduleOf(20), address: ADDRESS })).toEqual([
      {
        targets: [ADDRESS],
        labels: {
          instance: 'fra-1',
          group: 'edge,eu',
          region: 'eu',
          provider: 'example',
          __metrics_path__: '/probe',
          __param_target: 'fra-1',
          __param_module: 'node',
        },
      },
      {
        targets: [ADDRESS],
        labels: {
          instance: 'ams-1',
          __metrics_path__: '/probe',
          __param_target: 'ams-1',
          __param_module: 'node',
        },
      },
    ]);
  });

  test.each([
    ['the timeout of the module', 20, 30, '30s', '20s'],
    ['a timeout never longer than the interval', 20, 10, '10s', '10s'],
    ['milliseconds where seconds need a fraction', 0.5, 1.5, '1500ms', '500ms'],
  ])(
    'a module with an interval asks for it, with %s',
    (_what, timeout, interval, scrapeInterval, scrapeTimeout) => {
      const [group] = targetGroups(inventoryOf(node('fra-1')).nodes, {
        module: moduleOf(timeout, interval),
        address: ADDRESS,
      });
      expect(group?.labels).toMatchObject({
        __scrape_interval__: scrapeInterval,
        __scrape_timeout__: scrapeTimeout,
      });
    },
  );

  test('a node behind jump hosts carries the name of the last one, by which its alerts are tied to that of the host', () => {
    const [group] = targetGroups(
      inventoryOf(node('fra-1', { jump: [sketchJumpHost({ name: 'outer' }), sketchJumpHost()] })).nodes,
      {
        module: moduleOf(20),
        address: ADDRESS,
      },
    );
    expect(group?.labels).toMatchObject({ instance: 'fra-1', jump: 'bastion' });
  });

  test('an empty fleet is an empty list', () => {
    expect(targetGroups(inventoryOf().nodes, { module: moduleOf(20), address: ADDRESS })).toEqual([]);
  });
});

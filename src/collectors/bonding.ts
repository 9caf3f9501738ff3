import type { Collector, Sample } from './collector.js';
import { splitWords } from './text.js';

const SLAVES = /^\/sys\/class\/net\/(?<master>[^/]+)\/bonding\/slaves$/;

/** Names, or nothing at all while the bond has no link. `++more++` is what the kernel writes where they do not fit into a page. */
const CUT_OFF = '++more++';

/** Links that are bundled into one, see the kernel's Documentation/networking/bonding.rst. */
export const bonding: Collector = {
  name: 'bonding',
  module: 'node',
  summary: 'How many links each bond has; absent where there is no bond.',
  metrics: {
    node_bonding_slaves: { type: 'gauge', help: 'Links that belong to the bond.', labels: ['master'] },
    node_bonding_active: {
      type: 'gauge',
      help: 'Links of the bond that are up; absent when one of them does not tell.',
      labels: ['master'],
    },
  },
  files: ['/sys/class/net/*/bonding/slaves', '/sys/class/net/*/bonding_slave/mii_status'],
  parse: ({ files }) => {
    const samples: Sample[] = [];
    for (const [path, text] of files) {
      const master = SLAVES.exec(path)?.groups?.['master'];
      if (master === undefined) continue;
      const slaves = splitWords(text);
      if (slaves.includes(CUT_OFF)) continue;
      const labels = { master };
      samples.push({ metric: 'node_bonding_slaves', labels, value: slaves.length });
      const states = slaves.map(
        (slave) => files.get(`/sys/class/net/${slave}/bonding_slave/mii_status`)?.trim() ?? '',
      );
      if (states.includes('')) continue;
      const active = states.filter((state) => state === 'up').length;
      samples.push({ metric: 'node_bonding_active', labels, value: active });
    }
    return samples;
  },
};

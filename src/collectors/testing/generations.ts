import type { Collector } from '../collector.js';

/** The collector on a node on which these generations, and nothing else, seem to be installed. */
export function withGenerations(collector: Collector, ...generations: readonly string[]): Collector {
  const facts = `G='${generations.map((generation) => ` ${generation}`).join('')}' N= P=`;
  const needs = (collector.needs ?? []).map((snippet) => {
    if (snippet.name === 'processes') return { ...snippet, script: () => ':' };
    return snippet.name === 'installations' ? { ...snippet, script: () => facts } : snippet;
  });
  return { ...collector, needs };
}

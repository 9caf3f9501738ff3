import * as z from 'zod';
import { DEFAULT_SOFTWARE } from '../core/software.js';
import { METRIC_PREFIX, metricPrefixMistake } from './names.js';
import { text, wholeNumber } from './written-values.js';

const port = (what: string, standard: number) =>
  wholeNumber(1, 65_535, `${what} ${standard} by default.`).optional();

/**
 * The settings of a node's software as they are written, under a node or under `defaults`. It has no defaults itself: what a node
 * does not say may stand under `defaults`.
 */
export const writtenSoftware = z
  .strictObject({
    http_port: port('Plain HTTP port of the testnet software.', DEFAULT_SOFTWARE.httpPort),
    https_port: port('TLS port of the testnet software.', DEFAULT_SOFTWARE.httpsPort),
    control_port: port('Port of the mainnet software for its health.', DEFAULT_SOFTWARE.controlPort),
    metrics_port: port('Port of the mainnet software for metrics.', DEFAULT_SOFTWARE.metricsPort),
    lattice_port: port('Port of the Lattice software.', DEFAULT_SOFTWARE.latticePort),
    distributions: wholeNumber(
      0,
      100,
      `Distributions that get series of their own, the busiest first. ${DEFAULT_SOFTWARE.distributions} by default: sums only.`,
    ).optional(),
    native_prefixes: z
      .array(
        text(metricPrefixMistake, {
          description: 'Beginning of names of metrics.',
          examples: ['pipe_'],
          pattern: METRIC_PREFIX.source,
        }),
      )
      .meta({
        description: `What begins the names of the mainnet software's own series that are passed on. ${DEFAULT_SOFTWARE.nativePrefixes.join(' and ')} by default; an empty list passes none.`,
      })
      .optional(),
    native_series: wholeNumber(
      0,
      5_000,
      `Such series that are passed on at most. ${DEFAULT_SOFTWARE.nativeSeries} by default.`,
    ).optional(),
  })
  .meta({
    description:
      'Where the Pipe software of a node answers, on the node itself, and how much of what it says is wanted.',
  });

export type WrittenSoftware = z.output<typeof writtenSoftware>;

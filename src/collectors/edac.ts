import type { Collector, Sample } from './collector.js';
import { readEach } from './each-item.js';
import { readCountOf } from './text.js';

const FOLDER = '/sys/devices/system/edac/mc';

/** Attributes of memory controllers and rows, see the kernel's Documentation/admin-guide/ras.rst. */
const CONTROLLER = new RegExp(`^${FOLDER}/mc(?<controller>\\d{1,9})/(?<kind>[cu]e)_(?<place>noinfo_)?count$`);
const ROW = new RegExp(`^${FOLDER}/mc(?<controller>\\d{1,9})/csrow(?<csrow>\\d{1,9})/(?<kind>[cu]e)_count$`);
const CHANNEL = new RegExp(
  `^(?<folder>${FOLDER}/mc(?<controller>\\d{1,9})/csrow(?<csrow>\\d{1,9}))/ch(?<channel>\\d{1,9})_(?<kind>[cu]e)_count$`,
);

/** What the kernel could not place, in node_exporter's words. */
const UNKNOWN = 'unknown';

const KINDS: ReadonlyMap<string, string> = new Map([
  ['ce', 'correctable'],
  ['ue', 'uncorrectable'],
]);

/** Errors of memory with ECC. */
export const edac: Collector = {
  name: 'edac',
  module: 'node',
  summary:
    'Errors that memory with ECC found since its driver was loaded. Virtual machines and memory without ECC state nothing.',
  metrics: {
    node_edac_correctable_errors_total: {
      type: 'counter',
      help: 'Errors of the memory controller that were corrected.',
      labels: ['controller'],
      source: `${FOLDER}/mc*/ce_count`,
    },
    node_edac_uncorrectable_errors_total: {
      type: 'counter',
      help: 'Errors of the memory controller that could not be corrected.',
      labels: ['controller'],
      source: `${FOLDER}/mc*/ue_count`,
    },
    node_edac_csrow_correctable_errors_total: {
      type: 'counter',
      help: 'Corrected errors by row of chips; "unknown" are those that have no known row.',
      labels: ['controller', 'csrow'],
      source: `${FOLDER}/mc*/{ce_noinfo_count,csrow*/ce_count}`,
    },
    node_edac_csrow_uncorrectable_errors_total: {
      type: 'counter',
      help: 'Errors that could not be corrected by row of chips; "unknown" are those that have no known row.',
      labels: ['controller', 'csrow'],
      source: `${FOLDER}/mc*/{ue_noinfo_count,csrow*/ue_count}`,
    },
    node_edac_channel_correctable_errors_total: {
      type: 'counter',
      help: 'Corrected errors by row and channel, with the name of the module that sits there.',
      labels: ['controller', 'csrow', 'channel', 'dimm_label'],
      source: `${FOLDER}/mc*/csrow*/ch*_ce_count`,
    },
    node_edac_channel_uncorrectable_errors_total: {
      type: 'counter',
      help: 'Errors that could not be corrected by row and channel, with the name of the module that sits there.',
      labels: ['controller', 'csrow', 'channel', 'dimm_label'],
      source: `${FOLDER}/mc*/csrow*/ch*_ue_count`,
    },
  },
  files: [
    `${FOLDER}/mc[0-9]*/[cu]e_count`,
    `${FOLDER}/mc[0-9]*/[cu]e_noinfo_count`,
    `${FOLDER}/mc[0-9]*/csrow[0-9]*/[cu]e_count`,
    `${FOLDER}/mc[0-9]*/csrow[0-9]*/ch[0-9]*_[cu]e_count`,
    `${FOLDER}/mc[0-9]*/csrow[0-9]*/ch[0-9]*_dimm_label`,
  ],
  parse: ({ files }) =>
    readEach(files.keys(), (path) => {
      const series = seriesOf(path, files);
      const value = series === undefined ? undefined : readCountOf(files, path);
      return series === undefined || value === undefined ? [] : [{ ...series, value }];
    }),
};

function seriesOf(path: string, files: ReadonlyMap<string, string>): Omit<Sample, 'value'> | undefined {
  const match = CONTROLLER.exec(path) ?? ROW.exec(path) ?? CHANNEL.exec(path);
  const { folder = '', controller = '', csrow, channel, kind = '', place } = match?.groups ?? {};
  const errors = `${KINDS.get(kind) ?? ''}_errors_total`;
  if (match === null) return undefined;
  if (csrow === undefined) {
    return place === undefined
      ? { metric: `node_edac_${errors}`, labels: { controller } }
      : { metric: `node_edac_csrow_${errors}`, labels: { controller, csrow: UNKNOWN } };
  }
  if (channel === undefined) return { metric: `node_edac_csrow_${errors}`, labels: { controller, csrow } };
  const label = dimmLabel(files.get(`${folder}/ch${channel}_dimm_label`));
  return {
    metric: `node_edac_channel_${errors}`,
    labels: { controller, csrow, channel, dimm_label: label },
  };
}

/** The kernel's own `mc#0csrow#1channel#0` as node_exporter writes it; a name that somebody gave stays. */
function dimmLabel(text: string | undefined): string {
  if (text === undefined) return UNKNOWN;
  return text.trim().replaceAll('#', '').replaceAll('csrow', '_csrow').replaceAll('channel', '_channel');
}

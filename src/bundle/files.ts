import { alertGroups, recordingGroups } from './render/prometheus-rules.js';
import { rulesFile } from './render/rules-file.js';
import type { BundleSettings } from './settings.js';

/** Files by path, each with `/` between folders. */
export type Files = Readonly<Record<string, string>>;

/** What Prometheus reads. */
export function prometheusFiles(settings: BundleSettings): Files {
  return {
    'prometheus/rules/recording.yml': rulesFile(RECORDING_HEAD, recordingGroups(settings)),
    'prometheus/rules/alerts.yml': rulesFile(ALERTS_HEAD, alertGroups(settings)),
  };
}

const MADE = 'Made by `npm run generate` from src/bundle; to have it otherwise, see docs/alerting.md.';

const RECORDING_HEAD = `${MADE}
Recording rules, named level:metric:operations. Every range is at least four scrape intervals: in Prometheus 3 a range of one interval holds one sample, and a rate needs two.`;

const ALERTS_HEAD = `${MADE}
Three habits keep one lost scrape from raising or ending an alarm: a gauge is asked over a range (max_over_time, last_over_time), \`for\` bridges what such a range cannot, and keep_firing_for holds an alarm over a gap.
A node whose labels were edited has its old series and its new ones within one range: what is matched to another metric on (job, instance) is first made one value a node.`;

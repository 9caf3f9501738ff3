import { stringify } from 'yaml';
import { alertmanagerFile } from './alertmanager/alertmanager-file.js';
import { messageTemplate } from './alertmanager/template.js';
import { dashboards } from './dashboards/dashboards.js';
import { dashboardManifests, prometheusRule, scrapeConfigManifests } from './render/kubernetes.js';
import { alertGroups, recordingGroups } from './render/prometheus-rules.js';
import { rulesFile } from './render/rules-file.js';
import { scrapeJobs, vmagentJobs } from './render/scrape-configs.js';
import type { BundleSettings } from './settings.js';

/** Files by path, each with `/` between folders. */
export type Files = Readonly<Record<string, string>>;

/** Everything that is made for a fleet. */
export function bundleFiles(settings: BundleSettings): Files {
  return {
    ...ruleFiles(settings),
    'prometheus/scrape-configs.yml': SCRAPE_HEAD + stringify({ scrape_configs: scrapeJobs(settings) }),
    'victoriametrics/scrape-configs.yml':
      VMAGENT_HEAD + stringify({ scrape_configs: vmagentJobs(scrapeJobs(settings)) }),
    ...alertmanagerFiles(settings),
    ...dashboardFiles(settings),
    'kubernetes/prometheus-rule.yml': prometheusRule(
      [...recordingGroups(settings), ...alertGroups(settings)],
      settings,
    ),
    'kubernetes/scrape-configs.yml': scrapeConfigManifests(scrapeJobs(settings), settings),
    'kubernetes/dashboards.yml': dashboardManifests(dashboards(settings), settings),
  };
}

/** The part of it that is kept in the repository, as it is where nothing is set otherwise. */
export function keptFiles(settings: BundleSettings): Files {
  return { ...ruleFiles(settings), ...alertmanagerFiles(settings), ...dashboardFiles(settings) };
}

function ruleFiles(settings: BundleSettings): Files {
  return {
    'prometheus/rules/recording.yml': rulesFile(RECORDING_HEAD, recordingGroups(settings)),
    'prometheus/rules/alerts.yml': rulesFile(ALERTS_HEAD, alertGroups(settings)),
  };
}

function alertmanagerFiles(settings: BundleSettings): Files {
  const { notify } = settings;
  return {
    'alertmanager/alertmanager.yml': alertmanagerFile(settings),
    'alertmanager/templates/pipefleet.tmpl': messageTemplate(
      { grafana: notify.grafana_url, alertmanager: notify.alertmanager_url },
      notify.group_by,
    ),
  };
}

function dashboardFiles(settings: BundleSettings): Files {
  const entries = Object.entries(dashboards(settings));
  return Object.fromEntries(entries.map(([name, text]) => [`grafana/dashboards/${name}`, text]));
}

const MADE = 'Made by pipefleet from src/bundle; to have it otherwise, see docs/alerting.md.';

const RECORDING_HEAD = `${MADE}
Recording rules, named level:metric:operations. Every range is at least four scrape intervals: in Prometheus 3 a range of one interval holds one sample, and a rate needs two.`;

const ALERTS_HEAD = `${MADE}
Three habits keep one lost scrape from raising or ending an alarm: a gauge is asked over a range (max_over_time, last_over_time), \`for\` bridges what such a range cannot, and keep_firing_for holds an alarm over a gap.
A node whose labels were edited has its old series and its new ones within one range: what is matched to another metric on (job, instance) is first made one value a node.`;

const SCRAPE_HEAD = `# ${MADE}
# Name this file under scrape_config_files of your prometheus.yml.
`;

const VMAGENT_HEAD = `# ${MADE}
# For vmagent: -promscrape.config, with -promscrape.maxScrapeSize=8MB. It asks for the nodes as often as
# -promscrape.httpSDCheckInterval says.
`;

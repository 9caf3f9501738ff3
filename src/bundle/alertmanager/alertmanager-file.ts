import { Document, isMap, isSeq } from 'yaml';
import { inhibitRules } from './inhibit-rules.js';
import type { NotifySettings } from './notify-settings.js';
import { receiverOf, type Receiver } from './receivers.js';
import { routeTree, timeIntervals } from './routes.js';

const HEAD = ` Made by pipefleet from src/bundle. Alertmanager 0.33 or newer.
 Without receivers it collects, groups and withholds alerts, and sends nothing: its page and Grafana show them. To be told, write
 a bundle.yml: docs/alerting.md explains it.`;

/**
 * The text of alertmanager.yml.
 *
 * @param peers the label of regions
 */
export function alertmanagerFile(settings: NotifySettings, peers: string): string {
  const intervals = timeIntervals(settings.quiet_hours);
  const rules = inhibitRules(peers);
  const document = new Document({
    templates: ['templates/*.tmpl'],
    route: routeTree(settings),
    ...(intervals.length > 0 && { time_intervals: intervals }),
    inhibit_rules: rules.map((rule) => ({ ...rule, why: undefined })),
    receivers: receivers(settings),
  });
  document.commentBefore = HEAD;
  const withheld = document.get('inhibit_rules');
  if (isSeq(withheld)) {
    for (const [index, item] of withheld.items.entries()) {
      if (isMap(item)) item.commentBefore = ` ${rules[index]?.why ?? ''}`;
    }
  }
  return document.toString({ lineWidth: 0, singleQuote: true });
}

/** Those that are written, and those that are named without being written, which send nothing. */
function receivers(settings: NotifySettings): Receiver[] {
  const written = settings.receivers.map(receiverOf);
  const named = [settings.critical, settings.warning, settings.info].filter(
    (name, index, all) => all.indexOf(name) === index && !written.some((one) => one.name === name),
  );
  return [...written, ...named.map((name) => ({ name })), watchdog(settings)];
}

/** Calls something outside all the time, which alarms when it is not called any more. */
function watchdog({ dead_man: deadMan }: NotifySettings): Receiver {
  if (deadMan === undefined) return { name: 'watchdog' };
  return { name: 'watchdog', webhook_configs: [{ url_file: deadMan.url_file, send_resolved: false }] };
}

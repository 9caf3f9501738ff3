import { Document, isMap, isSeq } from 'yaml';
import { inhibitRules } from './inhibit-rules.js';
import type { BundleSettings } from '../settings.js';
import type { NotifySettings } from './notify-settings.js';
import { receiverOf, type Receiver } from './receivers.js';
import { routeTree, timeIntervals } from './routes.js';

const HEAD = ` Made by pipefleet from src/bundle. Alertmanager 0.33 or newer.
 Without receivers it collects, groups and withholds alerts, and sends nothing: its page and Grafana show them. To be told, write
 a bundle.yml: docs/alerting.md explains it.`;

/** The text of alertmanager.yml. */
export function alertmanagerFile(settings: BundleSettings): string {
  const { notify } = settings;
  const intervals = timeIntervals(notify.quiet_hours);
  const rules = inhibitRules(settings);
  const document = new Document({
    templates: ['templates/*.tmpl'],
    route: routeTree(notify),
    ...(intervals.length > 0 && { time_intervals: intervals }),
    inhibit_rules: rules.map(({ equal, ...rule }) => ({
      ...rule,
      why: undefined,
      ...(equal.length > 0 && { equal }),
    })),
    receivers: receivers(notify),
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

import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Section } from './dashboard.js';
import { words, YES_NO } from './looks.js';
import { graph, timeline } from './panels.js';
import { line } from './queries.js';
import type { View } from './view.js';

/** What the node software and its systemd unit say. */
export function softwarePanels(view: View): Section[] {
  return [
    { id: 3, title: 'Node software', panels: [...service(view), ...logs(view)] },
    { id: 4, title: 'Cache', panels: cache(view) },
    {
      id: 5,
      title: 'Last window: the software sets these figures back every 30 to 45 seconds',
      panels: lastWindow(view),
    },
  ];
}

/** Numbers for the states of a unit, as a timeline has one value a moment. `inactive` stays 0. */
const UNIT_STATES = ['active', 'reloading', 'activating', 'deactivating', 'failed'] as const;

function service(view: View): Panel[] {
  const unit = (state: string): string => `node_systemd_unit_state{${view.node}, state="${state}"}`;
  const code = UNIT_STATES.map((state, index) => `${index + 1} * ${unit(state)}`).join(' or ');
  return [
    timeline({
      id: 30,
      title: 'Endpoints',
      description: 'Which of the HTTP endpoints of the software answered, asked from the host itself.',
      unit: 'none',
      width: 8,
      height: 8,
      mapping: YES_NO,
      queries: [
        line(
          `max by (generation, endpoint) (pipe_node_endpoint_up{${view.node}})`,
          '{{generation}} {{endpoint}}',
        ),
        line(`max by (generation) (pipe_node_health_ok{${view.node}})`, '{{generation}} says ok'),
      ],
    }),
    timeline({
      id: 31,
      title: 'Units',
      description: 'States of the systemd units that can run node software and exist on this host.',
      unit: 'none',
      width: 8,
      height: 8,
      mapping: words({
        '0': ['inactive', 'text'],
        '1': ['active', 'green'],
        '2': ['reloading', 'blue'],
        '3': ['starting', 'yellow'],
        '4': ['stopping', 'orange'],
        '5': ['failed', 'red'],
      }),
      queries: [line(`sum by (name) (${code})`, '{{name}}')],
    }),
    graph({
      id: 32,
      title: 'Restarts by systemd',
      description: 'How often systemd started the unit again after it had ended by itself.',
      unit: 'none',
      width: 4,
      height: 8,
      min: 0,
      bars: true,
      queries: [
        line(`increase(node_systemd_service_restart_total{${view.node}}[$__rate_interval])`, '{{name}}'),
      ],
    }),
    graph({
      id: 33,
      title: 'Memory of the units',
      description: 'Memory that systemd counts for the unit, with the file cache that it caused.',
      unit: 'bytes',
      width: 4,
      height: 8,
      min: 0,
      queries: [line(`max by (name) (pipe_node_unit_memory_bytes{${view.node}})`, '{{name}}')],
    }),
  ];
}

function logs(view: View): Panel[] {
  const size = { width: 12, height: 7, min: 0, unit: 'none' };
  return [
    graph({
      ...size,
      id: 34,
      title: 'Trouble in the journal',
      description:
        'Lines of trouble in the last five minutes of the journal of each unit, by class. They are counted on the node: no line leaves it.',
      noValue: 'The account may not read the journal.',
      queries: [
        line(
          `max by (name, class) (pipe_node_journal_recent_lines{${view.nodeInventory}})`,
          '{{name}} {{class}}',
        ),
      ],
    }),
    graph({
      ...size,
      id: 35,
      title: 'Trouble in log files',
      description:
        'Lines of trouble in the last 256 KiB of each log file, by class. Lines have no time: old ones count until newer ones push them out.',
      noValue: 'There is no log file that the account may read.',
      queries: [
        line(
          `max by (file, class) (pipe_node_log_recent_lines{${view.nodeInventory}})`,
          '{{file}} {{class}}',
        ),
      ],
    }),
  ];
}

function cache(view: View): Panel[] {
  const size = { width: 8, height: 8, min: 0 };
  return [
    graph({
      ...size,
      id: 40,
      title: 'Cache requests',
      description: 'Hits and misses of each tier a second. The memory tier of some versions counts no hits.',
      unit: 'reqps',
      queries: [
        line(
          `sum by (tier) (rate(pipe_node_cache_hits_total{${view.node}}[$__rate_interval]))`,
          '{{tier}} hits',
        ),
        line(
          `sum by (tier) (rate(pipe_node_cache_misses_total{${view.node}}[$__rate_interval]))`,
          '{{tier}} misses',
        ),
      ],
    }),
    graph({
      ...size,
      id: 41,
      title: 'Cache hit ratio',
      description:
        'Share of hits among the requests to each tier. There is no line while nobody asks for anything.',
      unit: 'percentunit',
      max: 1,
      noValue: 'no requests',
      queries: [
        line(
          `sum by (tier) (rate(pipe_node_cache_hits_total{${view.node}}[$__rate_interval])) / (sum by (tier) (rate(pipe_node_cache_hits_total{${view.node}}[$__rate_interval])) + sum by (tier) (rate(pipe_node_cache_misses_total{${view.node}}[$__rate_interval])) > 0)`,
          '{{tier}}',
        ),
      ],
    }),
    graph({
      ...size,
      id: 42,
      title: 'Cache size',
      description: 'What each tier holds, and what it may hold at most.',
      unit: 'bytes',
      queries: [
        line(`max by (tier) (pipe_node_cache_size_bytes{${view.node}})`, '{{tier}}'),
        line(`max by (tier) (pipe_node_cache_capacity_bytes{${view.node}})`, '{{tier}} at most'),
      ],
    }),
  ];
}

function lastWindow(view: View): Panel[] {
  const size = { width: 6, height: 7, min: 0 };
  return [
    graph({
      ...size,
      id: 50,
      title: 'Requests and origin errors',
      description:
        'Since the figures were last set back: not a total, not a rate. Between two probes a whole window may be lost.',
      unit: 'none',
      queries: [
        line(`pipe_node_window_requests{${view.node}}`, 'requests'),
        line(`pipe_node_window_origin_errors{${view.node}}`, 'origin errors'),
      ],
    }),
    graph({
      ...size,
      id: 51,
      title: 'Sent to clients',
      description:
        'Bytes that the software says it sent since the figures were last set back: to clients, and under its own id.',
      unit: 'bytes',
      queries: [
        line(`pipe_node_window_egress_bytes{${view.node}}`, 'distributions'),
        line(`pipe_node_window_pop_egress_bytes{${view.node}}`, 'own id'),
      ],
    }),
    graph({
      ...size,
      id: 52,
      title: 'Hit ratio of the window',
      description:
        'Hit ratio as the software states it, weighed by requests, since the figures were last set back.',
      unit: 'percentunit',
      max: 1,
      queries: [line(`pipe_node_window_cache_hit_ratio{${view.node}}`, 'hit ratio')],
    }),
    graph({
      ...size,
      id: 53,
      title: 'Key-value store',
      description:
        'Operations of the key-value store since the figures were last set back, where the version has one.',
      unit: 'none',
      queries: [
        line(`pipe_node_window_kv_hits{${view.node}}`, 'hits'),
        line(`pipe_node_window_kv_misses{${view.node}}`, 'misses'),
        line(`pipe_node_window_kv_writes{${view.node}}`, 'writes'),
        line(`pipe_node_window_kv_proxy_failure{${view.node}}`, 'proxy failures'),
      ],
    }),
  ];
}

import type { EventSource } from './dashboard.js';
import type { View } from './view.js';

/** What happens to a node and explains a change of its lines. */
export function nodeEvents(view: View): Readonly<Record<string, EventSource>> {
  return {
    'Software started': {
      expr: `pipe_node_process_start_time_seconds{${view.node}}`,
      colour: 'blue',
      text: '{{instance}} {{name}}',
      isShown: true,
    },
    'Program replaced': {
      expr: `pipe_node_binary_modified_timestamp_seconds{${view.nodeInventory}}`,
      colour: 'purple',
      text: '{{instance}} {{file}}',
      isShown: true,
    },
    'Settings written': {
      expr: `pipe_node_config_modified_timestamp_seconds{${view.nodeInventory}}`,
      colour: 'yellow',
      text: '{{instance}} {{generation}}',
      isShown: false,
    },
    'Host booted': {
      expr: `node_boot_time_seconds{${view.node}}`,
      colour: 'orange',
      text: '{{instance}}',
      isShown: true,
    },
  };
}

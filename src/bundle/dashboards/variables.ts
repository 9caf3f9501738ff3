import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATASOURCE } from './panels.js';
import type { View } from './view.js';

/** Which Prometheus. */
export function datasource(): VariableModel {
  return new DatasourceVariableBuilder('datasource')
    .label('Data source')
    .description('The Prometheus that scrapes the exporter.')
    .type('prometheus')
    .current({ text: 'Prometheus', value: 'prometheus' })
    .build();
}

/**
 * Which scrape jobs: commonly one. "All" has no pattern of its own, so that Grafana puts the found jobs in its place: with
 * `.+` every other target of Prometheus would count as a node, and with the jobs of the slow modules each node three times.
 */
export function job({ slowJobs }: View): VariableModel {
  return several(
    'job',
    'Job',
    'Scrape jobs that probe nodes.',
    `label_values(probe_failure_reason{job!~"${slowJobs}"}, job)`,
    undefined,
  );
}

/** Nodes without a group have no such label: "all" must match the empty text too. */
export function group(): VariableModel {
  const query = 'label_values(up{job=~"$job"}, group)';
  return several('group', 'Group', 'Groups of nodes, as the inventory names them.', query, '.*');
}

export function region({ peers }: View): VariableModel {
  const query = `label_values(up{job=~"$job", group=~"$group"}, ${peers})`;
  return several('region', 'Region', `The label ${peers} of the inventory.`, query, '.*');
}

export function instances({ peers }: View): VariableModel {
  const query = `label_values(up{job=~"$job", group=~"$group", ${peers}=~"$region"}, instance)`;
  return several('instance', 'Instance', 'Nodes.', query, '.+');
}

/** The variables of a dashboard about several nodes. */
export function fleetVariables(view: View): VariableModel[] {
  return [datasource(), job(view), group(), region(view), instances(view)];
}

/** The variables of a dashboard about one node. */
export function nodeVariables(view: View): VariableModel[] {
  return [datasource(), job(view), instance()];
}

/** The one node of the node dashboard. */
export function instance(): VariableModel {
  return chosen('instance', 'Instance', 'The node.', 'label_values(up{job=~"$job"}, instance)')
    .multi(false)
    .build();
}

function several(
  name: string,
  label: string,
  description: string,
  query: string,
  all: string | undefined,
): VariableModel {
  const variable = chosen(name, label, description, query)
    .multi(true)
    .includeAll(true)
    .current({ text: ['All'], value: ['$__all'] });
  if (all !== undefined) variable.allValue(all);
  return variable.build();
}

function chosen(name: string, label: string, description: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(DATASOURCE)
    .query({ query, refId: `variable-${name}` })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
}

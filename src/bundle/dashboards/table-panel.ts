import { TableCellHeight, TableSortByFieldStateBuilder } from '@grafana/grafana-foundation-sdk/common';
import type {
  DataTransformerConfig,
  DynamicConfigValue,
  Panel,
  ThresholdsConfig,
  ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { basics, type PanelBasics } from './panels.js';

/** One column of a table. */
export interface Column {
  /** Field of the joined queries: a label, or `Value #A` for what query A gives. */
  readonly field: string;
  readonly title: string;
  readonly unit?: string;
  readonly decimals?: number;
  readonly width?: number;
  readonly mapping?: ValueMapping;
  readonly thresholds?: { build(): ThresholdsConfig };
  /** How the colour of mapping or thresholds shows. */
  readonly cell?: 'text' | 'background' | 'gauge' | 'sparkline';
  readonly link?: { readonly title: string; readonly url: string };
}

export interface TableSpec extends PanelBasics {
  /** Label on which the queries are joined: one row for each of its values. */
  readonly key: string;
  /** The columns in their order. Every other field is left out. */
  readonly columns: readonly Column[];
  /** Title of the column to sort by, smallest first. */
  readonly sortBy: string;
  /** Largest first instead. */
  readonly descending?: boolean;
  /** There is one query, and nothing to join: a row for each of its series. */
  readonly single?: boolean;
  /** References of the queries over time, each of which gives a column `Trend #REF`. */
  readonly trends?: readonly string[];
}

/** A table with one row for each value of a label, joined from several queries. */
export function table(spec: TableSpec): Panel {
  const panel = basics(new PanelBuilder(), spec)
    .transformations([...trends(spec.trends ?? []), ...joined(spec)])
    .cellHeight(TableCellHeight.Sm)
    .showHeader(true)
    .filterable(true)
    .sortBy([new TableSortByFieldStateBuilder().displayName(spec.sortBy).desc(spec.descending ?? false)]);
  for (const column of spec.columns) panel.overrideByName(column.title, properties(column));
  return panel.build();
}

/** A query over time becomes one field of small lines; the others stay as they are. */
function trends(references: readonly string[]): DataTransformerConfig[] {
  return references.map((reference) => ({
    id: 'timeSeriesTable',
    filter: { id: 'byRefId', options: reference },
    options: { [reference]: { stat: 'lastNotNull' } },
  }));
}

/** The time of every query is the same and would only be in the way of the join. */
function joined({ key, columns, single = false }: TableSpec): DataTransformerConfig[] {
  const fields = columns.map(({ field }) => field);
  return [
    { id: 'filterFieldsByName', options: { include: { names: fields } } },
    ...(single ? [] : [{ id: 'joinByField', options: { byField: key, mode: 'outer' } }]),
    {
      id: 'organize',
      options: {
        indexByName: Object.fromEntries(fields.map((field, index) => [field, index])),
        renameByName: Object.fromEntries(columns.map(({ field, title }) => [field, title])),
      },
    },
  ];
}

const CELLS = {
  text: { type: 'color-text' },
  background: { type: 'color-background', mode: 'basic' },
  gauge: { type: 'gauge', mode: 'basic', valueDisplayMode: 'text' },
  sparkline: { type: 'sparkline', hideValue: true },
} as const;

function properties(column: Column): DynamicConfigValue[] {
  const list: DynamicConfigValue[] = [];
  const { unit, decimals, width, mapping, thresholds, cell, link } = column;
  if (unit !== undefined) list.push({ id: 'unit', value: unit });
  if (decimals !== undefined) list.push({ id: 'decimals', value: decimals });
  if (width !== undefined) list.push({ id: 'custom.width', value: width });
  if (mapping !== undefined) list.push({ id: 'mappings', value: [mapping] });
  if (thresholds !== undefined) list.push({ id: 'thresholds', value: thresholds.build() });
  if (cell !== undefined) list.push({ id: 'custom.cellOptions', value: CELLS[cell] });
  if (cell === 'gauge') list.push({ id: 'min', value: 0 }, { id: 'max', value: 1 });
  if (link !== undefined) list.push({ id: 'links', value: [link] });
  return list;
}

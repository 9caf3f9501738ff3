import { PanelBuilder as BarGaugePanel } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizOrientation,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  type Panel,
  type ThresholdsConfig,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelinePanel } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TimeseriesPanel } from '@grafana/grafana-foundation-sdk/timeseries';
import { bounds } from './looks.js';

/** The datasource that the variable of the dashboard chooses. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

/** What every panel must say. A panel without one of these does not compile. */
export interface PanelBasics {
  /** Unique in the dashboard, never given to another panel: links and annotations point at it. */
  readonly id: number;
  readonly title: string;
  /** What it shows, in words that need no manual. */
  readonly description: string;
  /** A unit of Grafana's list. */
  readonly unit: string;
  /** Twenty-fourths of the page. */
  readonly width: number;
  readonly height: number;
  readonly queries: readonly DataqueryBuilder[];
  /** What stands there when nothing is known. A value is never made up. */
  readonly noValue?: string;
  readonly thresholds?: Builder<ThresholdsConfig>;
  readonly mapping?: ValueMapping;
  readonly min?: number;
  readonly max?: number;
  readonly decimals?: number;
}

/** The part of the SDK's panel builders that is the same for all of them. */
interface AnyPanel extends Builder<Panel> {
  id(id: number): this;
  title(title: string): this;
  description(description: string): this;
  datasource(datasource: typeof DATASOURCE): this;
  unit(unit: string): this;
  height(height: number): this;
  span(width: number): this;
  targets(queries: Builder<Dataquery>[]): this;
  noValue(text: string): this;
  thresholds(thresholds: Builder<ThresholdsConfig>): this;
  mappings(mappings: ValueMapping[]): this;
  min(min: number): this;
  max(max: number): this;
  decimals(decimals: number): this;
}

/** Gives a panel what all panels have. Queries get the reference A, B, C … in their order. */
export function basics<Builder extends AnyPanel>(panel: Builder, spec: PanelBasics): Builder {
  panel
    .id(spec.id)
    .title(spec.title)
    .description(spec.description)
    .datasource(DATASOURCE)
    .unit(spec.unit)
    .span(spec.width)
    .height(spec.height)
    .noValue(spec.noValue ?? 'no data')
    // Without any, some of Grafana's panels turn red at 80 of whatever it is.
    .thresholds(spec.thresholds ?? bounds('text'))
    .targets(spec.queries.map((query, index) => query.datasource(DATASOURCE).refId(reference(index))));
  if (spec.mapping !== undefined) panel.mappings([spec.mapping]);
  if (spec.min !== undefined) panel.min(spec.min);
  if (spec.max !== undefined) panel.max(spec.max);
  if (spec.decimals !== undefined) panel.decimals(spec.decimals);
  return panel;
}

function reference(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

/** The last value that is known. */
export const LAST = (): ReduceDataOptionsBuilder =>
  new ReduceDataOptionsBuilder().calcs(['lastNotNull']).fields('').values(false);

/** Colours by thresholds, or one a series. */
export const colourBy = (mode: FieldColorModeId): FieldColorBuilder => new FieldColorBuilder().mode(mode);

/** One number, or a few beside each other with their names; with a trend it needs a query over time. */
export function stat(spec: PanelBasics & { readonly trend?: boolean; readonly label?: string }): Panel {
  return basics(new StatPanel(), spec)
    .reduceOptions(LAST())
    .graphMode(spec.trend === true ? BigValueGraphMode.Area : BigValueGraphMode.None)
    .colorMode(
      spec.thresholds === undefined && spec.mapping === undefined
        ? BigValueColorMode.None
        : BigValueColorMode.Value,
    )
    .colorScheme(colourBy(FieldColorModeId.Thresholds))
    .textMode(textMode(spec))
    .build();
}

/** A label that is to be read is the name of the series; its value, 1, says nothing. */
function textMode({ queries, label }: PanelBasics & { readonly label?: string }): BigValueTextMode {
  if (label !== undefined) return BigValueTextMode.Name;
  return queries.length > 1 ? BigValueTextMode.ValueAndName : BigValueTextMode.Value;
}

/** Bars of the worst few, in the order of the query. */
export function ranking(spec: PanelBasics): Panel {
  return basics(new BarGaugePanel(), spec)
    .reduceOptions(LAST())
    .orientation(VizOrientation.Horizontal)
    .colorScheme(colourBy(FieldColorModeId.Thresholds))
    .legend(new VizLegendOptionsBuilder().showLegend(false).displayMode(LegendDisplayMode.Hidden))
    .build();
}

/** Lines over time. `stacked` only for parts of one whole. */
export function graph(spec: PanelBasics & { readonly stacked?: boolean; readonly bars?: boolean }): Panel {
  const panel = basics(new TimeseriesPanel(), spec)
    .colorScheme(colourBy(FieldColorModeId.PaletteClassic))
    .drawStyle(spec.bars === true ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .lineWidth(1)
    .fillOpacity(spec.stacked === true || spec.bars === true ? 40 : 10)
    .showPoints(VisibilityMode.Never)
    .legend(legend(true))
    .tooltip(tooltip());
  if (spec.stacked === true) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  return panel.build();
}

/** States over time, one line a thing. */
export function timeline(spec: PanelBasics & { readonly perPage?: number }): Panel {
  return basics(new StateTimelinePanel(), spec)
    .colorScheme(colourBy(FieldColorModeId.Thresholds))
    .showValue(VisibilityMode.Never)
    .mergeValues(true)
    .rowHeight(0.8)
    .lineWidth(0)
    .fillOpacity(80)
    .perPage(spec.perPage ?? 20)
    .legend(legend(true))
    .tooltip(tooltip())
    .build();
}

/** Names below the panel. */
export function legend(show: boolean): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .showLegend(show)
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .calcs([]);
}

/** All values at the pointer, the largest first. */
export function tooltip(): VizTooltipOptionsBuilder {
  return new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);
}

import {
  LegendDisplayMode,
  LegendPlacement,
  TooltipDisplayMode,
  VisibilityMode,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { FieldColorModeId, type Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as DashboardListPanel } from '@grafana/grafana-foundation-sdk/dashboardlist';
import {
  PanelBuilder as PieChartPanel,
  PieChartLegendOptionsBuilder,
  PieChartLegendValues,
  PieChartType,
} from '@grafana/grafana-foundation-sdk/piechart';
import { PanelBuilder as StatusHistoryPanel } from '@grafana/grafana-foundation-sdk/statushistory';
import { PanelBuilder as TextPanel, TextMode } from '@grafana/grafana-foundation-sdk/text';
import { TAG } from './dashboard.js';
import { basics, colourBy, LAST, legend, tooltip, type PanelBasics } from './panels.js';

/** Shares of one whole. */
export function pie(spec: PanelBasics): Panel {
  return basics(new PieChartPanel(), spec)
    .reduceOptions(LAST())
    .pieType(PieChartType.Donut)
    .colorScheme(colourBy(FieldColorModeId.PaletteClassic))
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Single))
    .legend(
      new PieChartLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Right)
        .values([PieChartLegendValues.Value, PieChartLegendValues.Percent]),
    )
    .build();
}

/** One coloured box a step and thing, such as one a day and node. `step` and `past` are durations of Grafana. */
export function history(spec: PanelBasics & { readonly step: string; readonly past: string }): Panel {
  return basics(new StatusHistoryPanel(), spec)
    .interval(spec.step)
    .timeFrom(spec.past)
    .colorScheme(colourBy(FieldColorModeId.Thresholds))
    .showValue(VisibilityMode.Auto)
    .rowHeight(0.85)
    .colWidth(0.95)
    .fillOpacity(80)
    .perPage(20)
    .legend(legend(false))
    .tooltip(tooltip())
    .build();
}

/** Words, in Markdown. */
export function words(
  spec: Pick<PanelBasics, 'id' | 'title' | 'description' | 'width' | 'height'>,
  markdown: string,
): Panel {
  return new TextPanel()
    .id(spec.id)
    .title(spec.title)
    .description(spec.description)
    .span(spec.width)
    .height(spec.height)
    .mode(TextMode.Markdown)
    .content(markdown)
    .build();
}

/** Links to all dashboards of the project. */
export function dashboardList(
  spec: Pick<PanelBasics, 'id' | 'title' | 'description' | 'width' | 'height'>,
): Panel {
  return new DashboardListPanel()
    .id(spec.id)
    .title(spec.title)
    .description(spec.description)
    .span(spec.width)
    .height(spec.height)
    .showSearch(true)
    .showStarred(false)
    .showRecentlyViewed(false)
    .showHeadings(false)
    .keepTime(true)
    .maxItems(20)
    .query('')
    .tags([TAG])
    .build();
}

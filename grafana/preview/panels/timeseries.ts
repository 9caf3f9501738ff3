import { lineColour, PALETTE } from '../look.js';
import { formatOf } from '../units.js';
import { chart, FAINT, GRID } from './chart.js';
import type { Draw } from './panel.js';
import { legend, noValue } from './parts.js';

const LEGEND_HEIGHT = 24;
const NAMED = 14;

/** Lines, areas or bars over time, with their names below. */
export const timeseries: Draw = ({ panel, data, width, height, now }) => {
  const lines = data.series.filter(({ points }) => points.length > 0);
  if (lines.length === 0) return noValue(panel);
  const { unit, min, max, custom = {} } = panel.fieldConfig?.defaults ?? {};
  const format = formatOf(unit);
  const stacked = (custom['stacking'] as { mode?: string } | undefined)?.mode === 'normal';
  const isBars = custom['drawStyle'] === 'bars';
  const fill = Number(custom['fillOpacity'] ?? 0) / 100;
  const axisLabel = { color: FAINT, fontSize: 11 };
  const splitLine = { show: true, lineStyle: { color: GRID } };
  const svg = chart(
    {
      color: [...PALETTE],
      grid: { left: 8, right: 12, top: 10, bottom: 4, containLabel: true },
      xAxis: {
        type: 'time',
        min: data.range.from * 1000,
        max: data.range.to * 1000,
        axisLabel: { ...axisLabel, hideOverlap: true },
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine,
        splitNumber: Math.max(2, Math.floor(width / 110)),
      },
      yAxis: {
        type: 'value',
        ...(min !== undefined && { min }),
        ...(max !== undefined && { max }),
        axisLabel: { ...axisLabel, formatter: (value: number) => format(value, undefined, now) },
        splitLine,
        splitNumber: Math.max(2, Math.floor(height / 60)),
      },
      series: lines.map(({ name, points }) => ({
        name,
        type: isBars ? 'bar' : 'line',
        ...(stacked && { stack: 'all' }),
        showSymbol: points.length === 1,
        lineStyle: { width: 1.2 },
        ...(!isBars && fill > 0 && { areaStyle: { opacity: fill * 0.6 } }),
        data: points.map(([seconds, value]) => [seconds * 1000, Number.isFinite(value) ? value : null]),
      })),
    },
    width,
    height - LEGEND_HEIGHT,
  );
  const names = lines.map(({ name }, index) => [name, lineColour(index)] as const);
  return `${svg}${legend(names, NAMED)}`;
};

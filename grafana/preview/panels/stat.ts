import { show } from '../look.js';
import type { Draw } from './panel.js';
import { coloured, escape, noValue, sparkline } from './parts.js';

const TREND = '#73BF69';

/** One number, or several with their names. */
export const stat: Draw = ({ panel, data, width, height, now }) => {
  const config = panel.fieldConfig?.defaults ?? {};
  const { graphMode, textMode, colorMode } = (panel.options ?? {}) as Record<string, string | undefined>;
  if (data.series.length === 0) return noValue(panel);
  const values = data.series.map(({ name, points }) => {
    const value = points.findLast(([, one]) => !Number.isNaN(one))?.[1];
    const { text, colour } = show(value, config, now);
    const caption = textMode === 'value_and_name' ? `<small>${escape(name)}</small>` : '';
    const style = colorMode === 'none' ? '' : coloured(colour);
    return `<div class="number">${caption}<b${style}>${escape(textMode === 'name' ? name : text)}</b></div>`;
  });
  const points = data.series[0]?.points ?? [];
  const line = graphMode === 'area' ? sparkline(points, width, Math.round(height / 3), TREND) : '';
  return `<div class="numbers">${values.join('')}</div><div class="trend">${line}</div>`;
};

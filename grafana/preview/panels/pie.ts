import { lineColour, PALETTE } from '../look.js';
import { formatOf } from '../units.js';
import { chart } from './chart.js';
import type { Draw } from './panel.js';
import { escape, noValue } from './parts.js';

const ROW = 22;

/** Shares of a whole, with their names and values beside them. */
export const pie: Draw = ({ panel, data, width, height, now }) => {
  const parts = data.series
    .map(({ name, points }) => ({ name, value: points.at(-1)?.[1] ?? 0 }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value);
  if (parts.length === 0) return noValue(panel);
  const format = formatOf(panel.fieldConfig?.defaults?.unit);
  const whole = parts.reduce((sum, { value }) => sum + value, 0);
  const size = Math.min(height, Math.floor(width * 0.4));
  const ring = { type: 'pie', radius: ['50%', '88%'], label: { show: false }, data: parts };
  const svg = chart({ color: [...PALETTE], series: [ring] }, size, size);
  const rows = parts.slice(0, Math.floor(height / ROW)).map(({ name, value }, index) => {
    const share = `${Math.round((value / whole) * 100)}%`;
    return `<tr><td><i style="background:${lineColour(index)}"></i>${escape(name)}</td><td>${escape(format(value, undefined, now))}</td><td>${share}</td></tr>`;
  });
  return `<div class="pie">${svg}<table>${rows.join('')}</table></div>`;
};

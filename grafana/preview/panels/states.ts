import type { NamedSeries } from '../frames.js';
import { NEUTRAL, show } from '../look.js';
import type { TimeRange } from '../time-range.js';
import type { Draw, Drawing } from './panel.js';
import { escape, legend, noValue } from './parts.js';

const NAME_WIDTH = 150;
const LEGEND_HEIGHT = 26;
const LEAST_ROW = 14;
const NAMED = 6;

/** One line a thing, coloured by its state over time. */
export const stateTimeline: Draw = (drawing) => rows(drawing, true);

/** One line a thing, with a box for each step. */
export const statusHistory: Draw = (drawing) => rows(drawing, false);

function rows({ panel, data, width, height, now }: Drawing, isMerged: boolean): string {
  const lines = data.series.filter(({ points }) => points.length > 0);
  if (lines.length === 0) return noValue(panel);
  const config = panel.fieldConfig?.defaults ?? {};
  const space = height - LEGEND_HEIGHT;
  const shown = lines.slice(0, Math.max(1, Math.floor(space / LEAST_ROW)));
  const rowHeight = Math.min(30, Math.floor(space / shown.length));
  const step = stepOf(lines);
  const states = new Map<string, string>();
  const body = shown.map(({ name, points }, row) => {
    const boxes = points.map(([seconds, value]) => {
      const { text, colour = NEUTRAL } = show(value, config, now);
      states.set(text, colour);
      const from = Math.max(seconds - (isMerged ? 0 : step), data.range.from);
      const left = NAME_WIDTH + share(from, data.range) * (width - NAME_WIDTH - 8);
      const right =
        NAME_WIDTH + share(Math.min(from + step, data.range.to), data.range) * (width - NAME_WIDTH - 8);
      const wide = Math.max(1, right - left + (isMerged ? 0.5 : -2));
      return `<rect x="${left.toFixed(1)}" y="${row * rowHeight + 2}" width="${wide.toFixed(1)}" height="${rowHeight - 4}" fill="${colour}" opacity="0.85"/>`;
    });
    const label = `<text x="${NAME_WIDTH - 8}" y="${row * rowHeight + rowHeight / 2 + 4}" text-anchor="end">${escape(name.slice(0, 24))}</text>`;
    return label + boxes.join('');
  });
  const svg = `<svg class="states" width="${width}" height="${shown.length * rowHeight}">${body.join('')}</svg>`;
  return isMerged ? `${svg}${legend([...states], NAMED)}` : svg;
}

function share(seconds: number, { from, to }: TimeRange): number {
  return (seconds - from) / (to - from);
}

/** Seconds between two points. */
function stepOf(lines: readonly NamedSeries[]): number {
  const steps = lines.flatMap(({ points }) =>
    points.slice(1).map(([seconds], index) => seconds - (points[index]?.[0] ?? 0)),
  );
  return Math.min(...steps, 86_400);
}

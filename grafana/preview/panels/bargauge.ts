import { NEUTRAL, show, thresholdColour } from '../look.js';
import type { Draw } from './panel.js';
import { escape, noValue } from './parts.js';

/** Bars of a few values with their names. */
export const bargauge: Draw = ({ panel, data, now }) => {
  const config = panel.fieldConfig?.defaults ?? {};
  if (data.series.length === 0) return noValue(panel);
  const values = data.series.map(({ name, points }) => ({ name, value: points.at(-1)?.[1] ?? NaN }));
  const most = config.max ?? Math.max(...values.map(({ value }) => value), 0);
  const least = config.min ?? 0;
  const rows = values.map(({ name, value }) => {
    const share = Math.min(1, Math.max(0, (value - least) / (most - least || 1)));
    const colour = thresholdColour(value, config.thresholds) ?? NEUTRAL;
    const { text } = show(value, config, now);
    return `<div class="bar"><span>${escape(name)}</span><div><i style="width:${(share * 100).toFixed(1)}%;background:${colour}"></i></div><b style="color:${colour}">${escape(text)}</b></div>`;
  });
  return `<div class="bars">${rows.join('')}</div>`;
};

import type { Field, Frame, Trend, Value } from '../frames.js';
import { configOf, NEUTRAL, show, thresholdColour } from '../look.js';
import type { FieldConfig } from '../model.js';
import type { Draw } from './panel.js';
import { coloured, escape, noValue, sparkline } from './parts.js';

const HEAD = 30;
const ROW = 29;

/** Rows and columns, in the order that the panel sorts them by. */
export const table: Draw = ({ panel, data, height, now }) => {
  const [frame] = data.frames;
  const count = frame?.fields[0]?.values.length ?? 0;
  if (frame === undefined || count === 0) return noValue(panel);
  const configs = frame.fields.map(({ name }) => configOf(panel, name));
  const [sort] = (panel.options?.['sortBy'] ?? []) as readonly Sort[];
  const room = Math.max(1, Math.floor((height - HEAD) / ROW));
  const head = frame.fields.map(({ name }) => `<th>${escape(name)}</th>`).join('');
  const rows = sorted(frame, sort)
    .slice(0, room)
    .map((row) => frame.fields.map(({ values }, index) => cell(values[row], configs[index] ?? {}, now)))
    .map((cells) => `<tr>${cells.join('')}</tr>`);
  return `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
};

function cell(value: Value, config: FieldConfig, now: number): string {
  if (isTrend(value)) return `<td>${sparkline(value.points, 110, 20, '#73BF69')}</td>`;
  const kind = (config.custom?.['cellOptions'] as { type?: string } | undefined)?.type;
  const { text, colour } = show(value, config, now);
  if (kind === 'color-background') {
    return `<td class="filled"${coloured(colour, 'background')}>${escape(text)}</td>`;
  }
  if (kind === 'gauge' && typeof value === 'number') {
    const bar = thresholdColour(value, config.thresholds) ?? NEUTRAL;
    const share = Math.min(1, Math.max(0, value)) * 100;
    return `<td><div class="gauge"><div><i style="width:${share.toFixed(0)}%;background:${bar}"></i></div><b style="color:${bar}">${escape(text)}</b></div></td>`;
  }
  const inner = (config.links ?? []).length > 0 ? `<a>${escape(text)}</a>` : escape(text);
  return `<td${kind === 'color-text' ? coloured(colour) : ''}>${inner}</td>`;
}

function isTrend(value: Value): value is Trend {
  return typeof value === 'object';
}

interface Sort {
  readonly displayName: string;
  readonly desc?: boolean;
}

function sorted(frame: Frame, sort: Sort | undefined): number[] {
  const rows = (frame.fields[0]?.values ?? []).map((_value, index) => index);
  const field = frame.fields.find(({ name }) => name === sort?.displayName);
  if (field === undefined) return rows;
  const sign = sort?.desc === true ? -1 : 1;
  return rows.sort((a, b) => compare(field, a, b, sign));
}

/** What is not known comes last, whichever way the rest goes. */
function compare({ values }: Field, a: number, b: number, sign: number): number {
  const [x, y] = [values[a], values[b]];
  if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
  if (typeof x === 'number' && typeof y === 'number') return sign * (x - y);
  return sign * wordsOf(x).localeCompare(wordsOf(y));
}

function wordsOf(value: Value): string {
  return typeof value === 'string' ? value : '';
}

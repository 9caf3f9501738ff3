import type { Panel } from '../model.js';

/** Text as HTML. */
export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** What stands there when nothing is known. */
export function noValue(panel: Panel): string {
  return `<div class="no-value">${escape(panel.fieldConfig?.defaults?.noValue ?? 'No data')}</div>`;
}

/** A style attribute with a colour, or none. */
export function coloured(colour: string | undefined, property = 'color'): string {
  return colour === undefined ? '' : ` style="${property}:${colour}"`;
}

/** Names of lines or states with their colours. */
export function legend(entries: readonly (readonly [name: string, colour: string])[], most: number): string {
  const shown = entries
    .slice(0, most)
    .map(([name, colour]) => `<span><i style="background:${colour}"></i>${escape(name)}</span>`);
  const more = entries.length > most ? `<span>and ${entries.length - most} more</span>` : '';
  return `<div class="legend">${shown.join('')}${more}</div>`;
}

type Points = readonly (readonly [seconds: number, value: number])[];

/** A small line as SVG. */
export function sparkline(points: Points, width: number, height: number, colour: string): string {
  const known = points.filter(([, value]) => Number.isFinite(value));
  if (known.length < 2) return '';
  const [first, last] = [known[0]?.[0] ?? 0, known.at(-1)?.[0] ?? 1];
  const top = Math.max(...known.map(([, value]) => value));
  const bottom = Math.min(0, ...known.map(([, value]) => value));
  const at = ([seconds, value]: readonly [number, number]): string => {
    const x = ((seconds - first) / Math.max(last - first, 1)) * width;
    const y = height - 1 - ((value - bottom) / (top - bottom || 1)) * (height - 2);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const line = known.map(at).join(' ');
  return `<svg width="${width}" height="${height}"><polygon points="0,${height} ${line} ${width},${height}" fill="${colour}" opacity="0.15"/><polyline points="${line}" fill="none" stroke="${colour}" stroke-width="1.2"/></svg>`;
}

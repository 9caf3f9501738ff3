import { NEUTRAL, show } from '../look.js';
import type { Draw } from './panel.js';
import { escape, noValue } from './parts.js';

/** Degrees that are shown: where people live. */
const [NORTH, SOUTH] = [75, -60];

/** Nodes at their longitude and latitude. The map below is Grafana's; here are meridians and parallels. */
export const geomap: Draw = ({ panel, data, width, height, now }) => {
  const fields = new Map(data.frames[0]?.fields.map(({ name, values }) => [name, values]));
  const count = fields.get('latitude')?.length ?? 0;
  if (count === 0) return noValue(panel);
  const config = panel.fieldConfig?.defaults ?? {};
  const x = (longitude: number): number => Math.round(((longitude + 180) / 360) * width);
  const y = (latitude: number): number => Math.round(((NORTH - latitude) / (NORTH - SOUTH)) * height);
  const nodes = Array.from({ length: count }, (_, row) => {
    const value = fields.get('Value')?.[row];
    const { colour = NEUTRAL } = show(typeof value === 'number' ? value : undefined, config, now);
    const left = x(Number(fields.get('longitude')?.[row]));
    const top = y(Number(fields.get('latitude')?.[row]));
    const instance = fields.get('instance')?.[row];
    const name = typeof instance === 'string' ? escape(instance) : '';
    return `<circle cx="${left}" cy="${top}" r="7" fill="${colour}" opacity="0.85"/><text class="name" x="${left}" y="${top - 11}" text-anchor="middle">${name}</text>`;
  });
  return `<svg class="map" width="${width}" height="${height}">${grid(x, y, width, height)}${nodes.join('')}</svg>`;
};

type Scale = (degrees: number) => number;

function grid(x: Scale, y: Scale, width: number, height: number): string {
  const lines: string[] = [];
  for (let longitude = -150; longitude <= 150; longitude += 30) {
    const at = x(longitude);
    lines.push(
      `<line x1="${at}" x2="${at}" y1="0" y2="${height}"/><text x="${at + 3}" y="${height - 4}">${longitude}°</text>`,
    );
  }
  for (let latitude = -45; latitude <= 60; latitude += 15) {
    const at = y(latitude);
    lines.push(
      `<line x1="0" x2="${width}" y1="${at}" y2="${at}"/><text x="3" y="${at - 3}">${latitude}°</text>`,
    );
  }
  return lines.join('');
}

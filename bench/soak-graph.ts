import { readFileSync } from 'node:fs';
import { chart } from '../grafana/preview/panels/chart.js';
import { resultPath } from './performance-doc.js';
import type { KeptResult } from './result.js';

const WIDTH = 800;
const HEIGHT = 320;
const NAMES = ['resident, MiB', 'heap in use, MiB', 'open files', 'active resources'];

/** The graph of the kept soak, as SVG: path → text. */
export function renderSoakGraph(): Record<string, string> {
  const { tables } = JSON.parse(readFileSync(resultPath('soak'), 'utf8')) as KeptResult;
  const minutes = (tables[0]?.rows ?? []).filter(([minute = '']) => /^\d+$/.test(minute));
  const svg = chart(
    {
      backgroundColor: '#ffffff',
      legend: { data: NAMES, bottom: 0 },
      grid: { left: 50, right: 20, top: 20, bottom: 70 },
      xAxis: {
        type: 'value',
        name: 'minutes',
        nameLocation: 'middle',
        nameGap: 25,
        min: 0,
        max: minutes.length,
      },
      yAxis: { type: 'value', min: 0 },
      series: NAMES.map((name, index) => ({
        name,
        type: 'line',
        showSymbol: false,
        data: minutes.map((row) => [Number(row[0]), Number(row[index + 1])]),
      })),
    },
    WIDTH,
    HEIGHT,
  );
  return { 'docs/images/soak.svg': `${svg}\n` };
}

import { escape } from './panels/parts.js';
import { drawOf } from './panels/registry.js';
import type { Dashboard, Panel } from './model.js';
import { panelData, type PanelData } from './panel-data.js';
import type { Prometheus } from './prometheus.js';
import { STYLE } from './style.js';
import { timeRange } from './time-range.js';
import { resolveVariables, valuesOf } from './variables.js';

export interface PageOptions {
  readonly dashboard: Dashboard;
  readonly dashboards: readonly Dashboard[];
  readonly prometheus: Prometheus;
  /** Choices of variables by name. */
  readonly choices: Readonly<Record<string, string>>;
  /** Pixels. Below 700 the panels stand below each other, as on a phone. */
  readonly width: number;
  /** Unix time in milliseconds at which the time range ends. */
  readonly now: number;
  readonly scrapeSeconds: number;
}

/** A page, and what Prometheus refused while it was made. */
export interface Page {
  readonly html: string;
  readonly errors: readonly string[];
}

const COLUMNS = 24;
/** Grafana's: a row is 30 pixels, and there are 8 between two. */
const ROW = 30;
const GAP = 8;
const MARGIN = 16;
const TITLE = 32;
const PADDING = 8;
const NARROW = 700;

/** One dashboard as a page of HTML that needs nothing else. */
export async function renderPage(options: PageOptions): Promise<Page> {
  const { dashboard, prometheus, choices, width, now, scrapeSeconds } = options;
  const range = timeRange(dashboard.time, now / 1000);
  const chosen = await resolveVariables(dashboard.templating?.list ?? [], choices, prometheus, range);
  const variables = valuesOf(chosen);
  const errors: string[] = [];
  const parts: string[] = [];
  let isSimulated = false;
  for (const panel of dashboard.panels) {
    if (panel.type === 'row') {
      parts.push(placed(panel, width, `<h2>${escape(panel.title ?? '')}</h2>`, 'row'));
      continue;
    }
    const data = await panelData(panel, variables, range, prometheus, scrapeSeconds);
    errors.push(...data.errors);
    isSimulated ||= hasSimulated(data);
    parts.push(drawn(panel, data, options));
  }
  const heads = chosen
    .filter(({ hidden }) => !hidden)
    .map(({ label, text }) => `<span class="variable"><b>${escape(label)}</b> ${escape(text)}</span>`);
  const bottom = Math.max(...dashboard.panels.map(({ gridPos: { y, h } }) => y + h)) * (ROW + GAP);
  const isNarrow = width < NARROW;
  const notes = [
    'Preview made by pipefleet from real query results; not rendered by Grafana.',
    ...(isSimulated || (await anySimulated(prometheus, range.to)) ? ['The nodes are simulated.'] : []),
    new Date(now).toISOString().slice(0, 16).replace('T', ' ') + ' UTC',
  ];
  const html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${escape(dashboard.title)}</title><style>${STYLE}</style></head>
<body style="width:${width}px"><header><h1>${escape(dashboard.title)}</h1>${heads.join('')}<span class="range">${escape(dashboard.time?.from ?? '')} to ${escape(dashboard.time?.to ?? '')}</span></header>
<main style="${isNarrow ? '' : `position:relative;height:${bottom}px`}">${parts.join('\n')}</main>
<footer>${escape(notes.join(' '))}</footer></body></html>`;
  return { html, errors };
}

function drawn(panel: Panel, data: PanelData, { width, dashboards }: PageOptions): string {
  const { w, h } = sizeOf(panel, width);
  const draw = drawOf(panel);
  const now = Date.now();
  const body =
    data.errors.length > 0
      ? `<div class="refused">${escape(data.errors.join(' '))}</div>`
      : draw({ panel, data, width: w - 2 * PADDING, height: h - TITLE - PADDING, now, dashboards });
  return placed(
    panel,
    width,
    `<h3 title="${escape(panel.description ?? '')}">${escape(panel.title ?? '')}</h3>${body}`,
    `panel ${panel.type}`,
  );
}

function placed(panel: Panel, width: number, body: string, kind: string): string {
  const { x, y } = panel.gridPos;
  const { w, h } = sizeOf(panel, width);
  const column = (width - 2 * MARGIN + GAP) / COLUMNS;
  const place =
    width < NARROW
      ? `margin:0 ${MARGIN}px ${GAP}px;width:${w}px;height:${h}px`
      : `position:absolute;left:${(MARGIN + x * column).toFixed(1)}px;top:${y * (ROW + GAP)}px;width:${w}px;height:${h}px`;
  return `<section class="${kind}" data-panel="${panel.id}" style="${place}">${body}</section>`;
}

function sizeOf({ gridPos: { w, h } }: Panel, width: number): { w: number; h: number } {
  const column = (width - 2 * MARGIN + GAP) / COLUMNS;
  return {
    w: width < NARROW ? width - 2 * MARGIN : Math.round(w * column - GAP),
    h: h * (ROW + GAP) - GAP,
  };
}

function hasSimulated({ series, frames }: PanelData): boolean {
  return (
    series.some(({ labels }) => labels['simulated'] === 'true') ||
    frames.some(({ fields }) =>
      fields.some(({ name, values }) => /^simulated$/i.test(name) && values.includes('true')),
    )
  );
}

/** Many panels have summed the label away. */
async function anySimulated(prometheus: Prometheus, at: number): Promise<boolean> {
  return (await prometheus.instant('up{simulated="true"}', at)).length > 0;
}

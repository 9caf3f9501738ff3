import { type Column, COLUMNS } from './columns.js';
import { type Figure, NOT_STATED } from './figures.js';
import type { FleetRow } from './fleet-view.js';
import { attribute, type Markup, markup } from './markup.js';

/** What the page's script copies to make the row of a node that was added since. */
const BLANK_ROW: FleetRow = {
  name: '',
  group: '',
  region: '',
  simulated: false,
  state: 'never',
  word: '',
  rank: 0,
  detail: '',
  probe: '',
  figures: {
    age: NOT_STATED,
    duration: NOT_STATED,
    load: NOT_STATED,
    memory: NOT_STATED,
    filesystem: NOT_STATED,
    cache: NOT_STATED,
    http: NOT_STATED,
    registered: NOT_STATED,
    uptime: NOT_STATED,
  },
};

/** The table of nodes in the order of the rows, and the template of one row for the script. */
export function renderTable(rows: readonly FleetRow[]): Markup {
  return markup`<table>
<caption>Nodes as this exporter saw them last. A name opens a fresh probe.</caption>
<thead><tr>${COLUMNS.map(heading)}</tr></thead>
<tbody>
${rows.map(tableRow)}</tbody>
</table>
<template id="row">${tableRow(BLANK_ROW)}</template>`;
}

/** The state's shape, so that it is told by more than a colour. Its word stands beside it. */
export function shape(state: string): Markup {
  return markup`<i class="shape" data-shape="${state}" aria-hidden="true"></i>`;
}

function heading({ key, label, title, first }: Column): Markup {
  const sorted = attribute('aria-sort', key === 'state' ? 'ascending' : undefined);
  return markup`<th scope="col" data-key="${key}" data-first="${first}" title="${title}"${sorted}><button type="button">${label}</button></th>`;
}

function tableRow(row: FleetRow): Markup {
  return markup`<tr data-state="${row.state}" data-rank="${row.rank}">${COLUMNS.map((column) => cell(column, row))}</tr>
`;
}

function cell({ key, label }: Column, row: FleetRow): Markup {
  switch (key) {
    case 'name': {
      const tag = markup`<span class="tag"${attribute('hidden', !row.simulated)}>simulated</span>`;
      return markup`<th scope="row"><a href="${row.probe}">${row.name}</a>${tag}</th>`;
    }
    case 'group':
    case 'region':
      return markup`<td class="${key}" data-label="${label}">${row[key]}</td>`;
    case 'state': {
      const badge = markup`<span class="badge">${shape(row.state)}<span class="word">${row.word}</span></span>`;
      const why = markup`<span class="why"><code>${row.reason}</code> <span class="detail">${row.detail}</span></span>`;
      return markup`<td class="state">${badge}${why}</td>`;
    }
    default:
      return figureCell(key, label, row.figures[key]);
  }
}

function figureCell(key: string, label: string, { value, text, title, bar, note }: Figure): Markup {
  const attributes = [
    attribute('data-value', value),
    attribute('data-bar', bar),
    attribute('data-high', note !== undefined),
    attribute('title', title),
  ];
  return markup`<td class="${key}" data-label="${label}"${attributes}>${text}</td>`;
}

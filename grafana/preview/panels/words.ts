import type { Draw } from './panel.js';
import { escape } from './parts.js';

/** The part of Markdown that our panels use: a table with links, else paragraphs. */
export const text: Draw = ({ panel }) => {
  const { content = '' } = (panel.options ?? {}) as { content?: string };
  const lines = content.split('\n');
  const rows = lines.filter((line) => line.startsWith('|') && !/^\|[-|: ]+\|$/.test(line));
  if (rows.length === 0) return lines.map((line) => `<p>${inline(line)}</p>`).join('');
  const [head = [], ...body] = rows.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => inline(cell.trim())),
  );
  const cells = (row: readonly string[], tag: string): string =>
    row.map((cell) => `<${tag}>${cell}</${tag}>`).join('');
  const below = body.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('');
  return `<table><thead><tr>${cells(head, 'th')}</tr></thead><tbody>${below}</tbody></table>`;
};

function inline(line: string): string {
  return escape(line).replaceAll(/\[(?<words>[^\]]+)\]\([^)]+\)/g, '<a>$<words></a>');
}

/** The dashboards with the tags that the panel asks for. */
export const dashboardList: Draw = ({ panel, dashboards }) => {
  const { tags: wanted = [] } = (panel.options ?? {}) as { tags?: readonly string[] };
  const items = dashboards
    .filter(({ tags = [] }) => wanted.every((tag) => tags.includes(tag)))
    .map(
      ({ title, description = '' }) =>
        `<li><a>${escape(title)}</a> <small>${escape(description)}</small></li>`,
    );
  return `<ul class="list">${items.join('')}</ul>`;
};

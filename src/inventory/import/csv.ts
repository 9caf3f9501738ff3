import { CsvError, parse } from 'csv-parse/sync';
import { fitCandidates, type RawCandidate, type Reader } from './candidate.js';

/**
 * A table with a heading: `host` is needed, `name`, `port`, `groups` (parted by `;` or blanks), `latitude` and `longitude` are known, and
 * every other column is a label.
 */
export const readCsv: Reader = (text) => {
  let rows: Record<string, string>[];
  try {
    rows = parse(text, {
      columns: (head: string[]) => head.map((word) => word.trim().toLowerCase()),
      bom: true,
      trim: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    const line =
      error instanceof CsvError && typeof error['lines'] === 'number' ? ` in line ${error['lines']}` : '';
    return {
      candidates: [],
      warnings: [`This is no CSV with a heading and rows of the same length${line}.`],
    };
  }
  if (rows.length > 0 && !Object.hasOwn(rows[0] ?? {}, 'host')) {
    return {
      candidates: [],
      warnings: ['The heading has no column "host"; write for example: name,host,port,groups,region'],
    };
  }
  const raw = rows.map((row, index): RawCandidate => {
    const { name = '', host = '', port, groups = '', latitude, longitude, ...rest } = row;
    const place = `row ${index + 2}`;
    return {
      name: name === '' ? (host.split('.')[0] ?? host) : name,
      host,
      port,
      groups: groups.split(/[;\s]+/).filter(Boolean),
      // Who logs in is no label.
      labels: Object.fromEntries(
        Object.entries(rest).filter(([column, value]) => value !== '' && column !== 'user'),
      ),
      location: placeOf(latitude, longitude),
      place,
    };
  });
  return fitCandidates(raw);
};

function placeOf(latitude = '', longitude = ''): RawCandidate['location'] {
  const [north, east] = [Number(latitude), Number(longitude)];
  const given = latitude !== '' && longitude !== '' && Math.abs(north) <= 90 && Math.abs(east) <= 180;
  return given ? { latitude: north, longitude: east } : undefined;
}

import { PipefleetError } from '../../src/core/errors.js';
import { interpolate, type Variables, type VariableValue } from './interpolate.js';
import type { Variable } from './model.js';
import type { Prometheus } from './prometheus.js';
import type { TimeRange } from './time-range.js';

/** What is chosen of one variable: for queries, and in words for the head of the page. */
export interface Choice {
  readonly name: string;
  readonly label: string;
  readonly text: string;
  readonly value: VariableValue;
  readonly hidden: boolean;
}

const LABEL_VALUES = /^label_values\((?:(?<selector>.+),)?\s*(?<label>\w+)\s*\)$/s;

/**
 * Resolves the variables of a dashboard in their order, each with the choices before it.
 *
 * @param wanted choices by name; several values are separated by commas
 * @throws {PipefleetError} when a variable is of a kind that the preview does not know, or a wanted one does not exist
 */
export async function resolveVariables(
  variables: readonly Variable[],
  wanted: Readonly<Record<string, string>>,
  prometheus: Prometheus,
  range: TimeRange,
): Promise<Choice[]> {
  const choices: Choice[] = [];
  for (const variable of variables) {
    const { value, text } = await choose(
      variable,
      wanted[variable.name],
      prometheus,
      range,
      valuesOf(choices),
    );
    const { name, label = name, hide = 0 } = variable;
    choices.push({ name, label, text, value, hidden: hide === 2 || variable.type === 'constant' });
  }
  return choices;
}

/** The choices as what `interpolate` takes. */
export function valuesOf(choices: readonly Choice[]): Variables {
  return Object.fromEntries(choices.map(({ name, value }) => [name, value]));
}

interface Chosen {
  readonly value: VariableValue;
  readonly text: string;
}

async function choose(
  variable: Variable,
  wanted: string | undefined,
  prometheus: Prometheus,
  range: TimeRange,
  before: Variables,
): Promise<Chosen> {
  const current = [variable.current?.value ?? []].flat();
  switch (variable.type) {
    case 'datasource':
      return { value: wanted ?? current[0] ?? 'prometheus', text: 'Prometheus' };
    case 'constant':
    case 'textbox':
      return single(wanted ?? current[0] ?? queryOf(variable));
    case 'custom':
    case 'interval':
      return pick(
        variable,
        wanted,
        current,
        queryOf(variable)
          .split(/\s*,\s*/)
          .map(afterColon),
      );
    case 'query':
      return pick(variable, wanted, current, await optionsOf(variable, prometheus, range, before));
    default:
      throw new PipefleetError(
        'config_invalid',
        `The variable "${variable.name}" is of the type "${variable.type}", which the preview does not know.`,
      );
  }
}

function single(value: string): Chosen {
  return { value, text: value };
}

function queryOf({ query }: Variable): string {
  return (typeof query === 'string' ? query : query?.query) ?? '';
}

/** An option of a custom variable may have a text before its value. */
function afterColon(option: string): string {
  return option.split(' : ').at(-1) ?? option;
}

async function optionsOf(
  variable: Variable,
  prometheus: Prometheus,
  range: TimeRange,
  before: Variables,
): Promise<string[]> {
  const query = interpolate(queryOf(variable), before).trim();
  const { selector, label } = LABEL_VALUES.exec(query)?.groups ?? {};
  if (label === undefined) {
    throw new PipefleetError(
      'config_invalid',
      `The variable "${variable.name}" asks for "${query}": the preview knows label_values(SELECTOR, label) only.`,
    );
  }
  const found = await prometheus.labelValues(label, selector?.trim(), range);
  const { pattern } = /^\/(?<pattern>.+)\/$/.exec(variable.regex ?? '')?.groups ?? {};
  const options = pattern === undefined ? found : found.filter((value) => new RegExp(pattern).test(value));
  // Labels that are there and empty come too.
  return sorted(
    options.filter((value) => value !== ''),
    variable.sort ?? 0,
  );
}

/** Grafana's orders: none, by letters, by numbers, without regard to case; even ones run down. */
function sorted(options: readonly string[], order: number): string[] {
  if (order === 0) return [...options];
  const result = options.toSorted((a, b) =>
    a.localeCompare(b, 'en', { numeric: order === 3 || order === 4 }),
  );
  return order % 2 === 0 ? result.reverse() : result;
}

function pick(
  { multi = false, includeAll = false, allValue }: Variable,
  wanted: string | undefined,
  current: readonly string[],
  options: readonly string[],
): Chosen {
  const asked = wanted?.split(',').filter((value) => value !== '');
  const known = current.filter((value) => value === '$__all' || options.includes(value));
  const values = asked ?? (known.length > 0 ? known : includeAll ? ['$__all'] : options.slice(0, 1));
  if (values.some((value) => /^(?:\$__all|All)$/.test(value))) {
    return { value: allValue ?? options, text: 'All' };
  }
  return { value: multi ? values : (values[0] ?? ''), text: values.join(' + ') };
}

/** The value of one variable: one text, or several that are alternatives in a regular expression. */
export type VariableValue = string | readonly string[];

/** Variables by name, those that Grafana has of itself among them. */
export type Variables = Readonly<Record<string, VariableValue>>;

const REFERENCE = /\$\{(?<braced>\w+)(?::(?<format>\w+))?\}|\[\[(?<square>\w+)\]\]|\$(?<bare>\w+)/g;

/**
 * Puts values in the place of `$name`, `${name}`, `${name:format}` and `[[name]]`, as Grafana does for Prometheus. What is
 * no variable stays.
 */
export function interpolate(text: string, variables: Variables): string {
  return text.replace(REFERENCE, (whole, ...rest) => {
    const { braced, format, square, bare } = rest.at(-1) as Record<string, string | undefined>;
    const name = braced ?? square ?? bare ?? '';
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    return value === undefined ? whole : written(value, format);
  });
}

function written(value: VariableValue, format: string | undefined): string {
  if (typeof value === 'string') return value;
  switch (format) {
    case 'csv':
      return value.join(',');
    case 'text':
      return value.join(' + ');
    case 'pipe':
    case 'raw':
      return value.join('|');
    default:
      return value.length === 1 ? escapeRegex(value[0] ?? '') : `(${value.map(escapeRegex).join('|')})`;
  }
}

/** For a pattern inside a string of PromQL, in which a backslash needs one of its own. */
function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\\$&`);
}

const UNSAFE = /[&<>"']/g;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** HTML that is safe to send. Only {@link markup} makes it, so that a plain string can never pass for one. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may stand in a template. `undefined` and `false` print nothing. */
export type MarkupValue = string | number | undefined | false | Markup | readonly Markup[];

/**
 * Text as it may stand in an element or in a quoted attribute.
 *
 * @param text any text, also hostile
 */
export function escapeHtml(text: string): string {
  return text.replace(UNSAFE, (character) => ENTITIES[character] ?? '');
}

/** An HTML template whose values are escaped unless they are {@link Markup} already. Attributes stand in double quotes. */
export function markup(strings: TemplateStringsArray, ...values: readonly MarkupValue[]): Markup {
  let text = strings[0] ?? '';
  for (const [index, value] of values.entries()) {
    text += textOf(value) + (strings[index + 1] ?? '');
  }
  return new Markup(text);
}

/** One attribute with a space before it; nothing when it has no value, the bare name when the value is `true`. */
export function attribute(name: string, value: string | number | boolean | undefined): Markup {
  if (value === undefined || value === false) return markup``;
  return value === true ? markup` ${name}` : markup` ${name}="${value}"`;
}

function textOf(value: MarkupValue): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return escapeHtml(value);
  if (value instanceof Markup) return value.text;
  let text = '';
  for (const part of value) text += part.text;
  return text;
}

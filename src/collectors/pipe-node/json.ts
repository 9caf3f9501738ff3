/** An object that came as JSON: nothing is known about its values. */
export type Json = Readonly<Record<string, unknown>>;

/** Names come from a node's configuration: long ones are cut, invisible characters are dropped. */
const LABEL_LENGTH = 128;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Whether a value that came as JSON is an object, and not null or a list. */
export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object of a text, undefined when it is none. */
export function readJson(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The object under a key, empty when there is none. */
export function child(parent: Json, key: string): Json {
  const value = parent[key];
  return isRecord(value) ? value : {};
}

/** A number that can be an amount: not negative, and exact. Nothing else that JSON can hold is taken for a number. */
export function amount(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined;
}

/** An amount without a fraction. */
export function whole(value: unknown): number | undefined {
  return Number.isInteger(value) ? amount(value) : undefined;
}

/** An amount in another unit. */
export function scaled(value: unknown, unit: number): number | undefined {
  const units = amount(value);
  return units === undefined ? undefined : amount(units * unit);
}

/** 1 and 0 for true and false, undefined for anything else. */
export function truth(value: unknown): number | undefined {
  return typeof value === 'boolean' ? Number(value) : undefined;
}

/** A text for a label; empty, which Prometheus takes for absent, when the node states none. */
export function labelValue(value: unknown): string {
  if (typeof value !== 'string') return '';
  return Array.from(value.replace(INVISIBLE, '')).slice(0, LABEL_LENGTH).join('');
}

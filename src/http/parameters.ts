import type { Request, Response } from 'express';

/**
 * A query parameter that is given at most once.
 *
 * @param absent its value when it is not given
 * @returns undefined when it is given several times or is empty, or when it is absent and has no default
 */
export function oneParameter(request: Request, name: string, absent?: string): string | undefined {
  const value: unknown = request.query[name];
  if (value === undefined) return absent;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Longer than any name of a configuration that a person would write. */
const SHOWN_CHARACTERS = 100;

/** What somebody asked for, in quotes and cut short, for a sentence about it. */
export function shown(text: string): string {
  return JSON.stringify(text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text);
}

/** Says no in one line of plain text. */
export function refuse(response: Response, status: number, sentence: string): void {
  response.status(status).type('text/plain').send(`${sentence}\n`);
}

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

/** Says no in one line of plain text. */
export function refuse(response: Response, status: number, sentence: string): void {
  response.status(status).type('text/plain').send(`${sentence}\n`);
}

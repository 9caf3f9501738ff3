import type { RequestHandler } from 'express';

/** Of the page: nothing from elsewhere, nothing inline. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/** Of everything else: it is no page. */
const NO_PAGE_POLICY = "default-src 'none'; frame-ancestors 'none'";

/**
 * Headers that keep a browser from doing more with an answer than showing it.
 *
 * @param configured are set instead of ours, by name
 */
export function securityHeaders(configured: () => Readonly<Record<string, string>>): RequestHandler {
  return (request, response, next) => {
    response.set({
      'Content-Security-Policy': request.path === '/' ? PAGE_POLICY : NO_PAGE_POLICY,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'deny',
      // What comes with the program stays the same.
      ...(!request.path.startsWith('/assets/') && { 'Cache-Control': 'no-store' }),
      ...configured(),
    });
    next();
  };
}

import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Absolute path of the checkout, whatever the working directory is. */
export const checkout = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/**
 * @param {...string} parts below the checkout
 * @returns {string} an absolute path
 */
export function inCheckout(...parts) {
  return join(checkout, ...parts);
}

/**
 * Loads a module of the checkout, whatever characters its path has.
 *
 * @param {...string} parts below the checkout
 * @returns {Promise<any>} what it exports
 */
export function load(...parts) {
  return import(pathToFileURL(inCheckout(...parts)).href);
}

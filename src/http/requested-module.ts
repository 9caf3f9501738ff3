import type { Request, Response } from 'express';
import type { Module } from '../inventory/node.js';
import { oneParameter, refuse, shown } from './parameters.js';

/**
 * The module that a request names, `node` when it names none. Answers 400 itself when there is no such module.
 *
 * @returns undefined when the request has been refused
 */
export function requestedModule(
  modules: ReadonlyMap<string, Module>,
  request: Request,
  response: Response,
): Module | undefined {
  const name = oneParameter(request, 'module', 'node') ?? '';
  const module = modules.get(name);
  if (module === undefined) {
    refuse(response, 400, `There is no module ${shown(name)}; there is ${[...modules.keys()].join(', ')}.`);
  }
  return module;
}

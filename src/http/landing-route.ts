import type { Request, Response } from 'express';
import type { Exporter } from './exporter.js';
import { buildFleetView, type FleetView } from './landing/fleet-view.js';
import { keepAnswer } from './landing/keep-answer.js';
import { renderFleetJson, renderLandingPage } from './landing/page.js';

/** `GET /`: the fleet as this exporter saw it last. */
export function landingRoute(exporter: Exporter) {
  const page = keepAnswer(() => renderLandingPage(view(exporter)));
  return function landing(_request: Request, response: Response): void {
    response.type('html').send(page());
  };
}

/** `GET /fleet.json`: the same, for the page's own refresh. */
export function fleetRoute(exporter: Exporter) {
  const json = keepAnswer(() => renderFleetJson(view(exporter)));
  return function fleet(_request: Request, response: Response): void {
    response.type('json').send(json());
  };
}

function view(exporter: Exporter): FleetView {
  return buildFleetView({
    nodes: exporter.snapshot().inventory.nodes,
    outcomes: exporter.lastSeen.outcomes,
    now: Date.now(),
    version: exporter.version,
  });
}

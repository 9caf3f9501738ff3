import type { Request, Response } from 'express';
import type { Exporter } from './exporter.js';
import { buildFleetView, type FleetView } from './landing/fleet-view.js';
import { renderFleetJson, renderLandingPage } from './landing/page.js';

/** `GET /`: the fleet as this exporter saw it last. */
export function landingRoute(exporter: Exporter) {
  return function landing(_request: Request, response: Response): void {
    response.type('html').send(renderLandingPage(view(exporter)));
  };
}

/** `GET /fleet.json`: the same, for the page's own refresh. */
export function fleetRoute(exporter: Exporter) {
  return function fleet(_request: Request, response: Response): void {
    response.type('json').send(renderFleetJson(view(exporter)));
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

import type { Dashboard, Panel } from '../model.js';
import type { PanelData } from '../panel-data.js';

/** What a panel is drawn with. */
export interface Drawing {
  readonly panel: Panel;
  readonly data: PanelData;
  /** Of what is below the title, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Unix time in milliseconds. */
  readonly now: number;
  /** All dashboards, for lists of them. */
  readonly dashboards: readonly Dashboard[];
}

/** Draws one type of panel as HTML. */
export type Draw = (drawing: Drawing) => string;

import { FrameGeometrySourceMode, type MapLayerOptions } from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId, type Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  ControlsOptionsBuilder,
  MapCenterID,
  MapViewConfigBuilder,
  PanelBuilder,
  TooltipMode,
  TooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/geomap';
import { basics, type PanelBasics } from './panels.js';

/** Nodes on a map. The query gives labels `latitude` and `longitude` in table format, and the state as its value. */
export function map(spec: PanelBasics): Panel {
  return basics(new PanelBuilder(), spec)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .transformations([
      {
        // Labels are text, and the map takes numbers only.
        id: 'convertFieldType',
        options: {
          conversions: ['latitude', 'longitude'].map((targetField) => ({
            targetField,
            destinationType: 'number',
          })),
        },
      },
    ])
    .view(new MapViewConfigBuilder().id(MapCenterID.Fit).allLayers(true).lat(20).lon(0).zoom(2).maxZoom(6))
    .controls(new ControlsOptionsBuilder().showZoom(true).mouseWheelZoom(false).showAttribution(true))
    .basemap({ build: () => ({ type: 'default', name: 'Base map' }) })
    .layers([{ build: () => NODES }])
    .tooltip(new TooltipOptionsBuilder().mode(TooltipMode.Details))
    .build();
}

const NODES: MapLayerOptions = {
  type: 'markers',
  name: 'Nodes',
  tooltip: true,
  location: { mode: FrameGeometrySourceMode.Coords, latitude: 'latitude', longitude: 'longitude' },
  config: {
    showLegend: false,
    style: {
      color: { field: 'Value', fixed: 'green' },
      opacity: 0.8,
      size: { fixed: 8, min: 4, max: 12 },
      symbol: { mode: 'fixed', fixed: 'img/icons/marker/circle.svg' },
      symbolAlign: { horizontal: 'center', vertical: 'center' },
      text: { field: 'instance', fixed: '', mode: 'field' },
      textConfig: { fontSize: 11, offsetX: 0, offsetY: -14, textAlign: 'center', textBaseline: 'middle' },
    },
  },
};

import * as echarts from 'echarts';

/** A chart as SVG, drawn without a browser. */
export function chart(option: echarts.EChartsCoreOption, width: number, height: number): string {
  const made = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  made.setOption({
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: 'sans-serif' },
    ...option,
  });
  const svg = made.renderToSVGString();
  made.dispose();
  return svg;
}

/** Colour of what is written beside axes, and of grids. */
export const FAINT = '#9fa7b3';
export const GRID = 'rgba(204, 204, 220, 0.12)';

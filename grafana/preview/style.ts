/** The looks of a page, near those of Grafana's dark theme. */
export const STYLE = `
* { box-sizing: border-box; }
body { margin: 0; background: #111217; color: #ccccdc; font: 13px/1.45 Inter, 'DejaVu Sans', sans-serif; }
header { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; padding: 12px 16px; }
h1 { font-size: 18px; font-weight: 500; margin: 0 12px 0 0; }
.variable, .range { background: #181b1f; border: 1px solid #2c2f36; border-radius: 2px; padding: 3px 8px; font-size: 12px; }
.variable b { color: #8ab8ff; font-weight: 500; }
.range { margin-left: auto; color: #9fa7b3; }
.row h2 { font-size: 14px; font-weight: 500; margin: 0; padding: 5px 0; color: #ccccdc; }
.panel { background: #181b1f; border: 1px solid #22252b; border-radius: 2px; padding: 0 8px 8px; overflow: hidden; }
h3 { font-size: 13px; font-weight: 500; margin: 0; height: 32px; line-height: 32px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.no-value { height: calc(100% - 32px); display: flex; align-items: center; justify-content: center; color: #9fa7b3; text-align: center; padding: 0 8px; }
.refused { color: #f2495c; overflow-wrap: anywhere; }
.numbers { display: flex; justify-content: space-around; align-items: center; height: calc(100% - 40px); gap: 8px; position: relative; z-index: 1; }
.number { text-align: center; min-width: 0; }
.number small { display: block; color: #9fa7b3; font-size: 12px; }
.number b { font-size: 25px; font-weight: 500; white-space: nowrap; }
.trend { position: absolute; left: 8px; right: 8px; bottom: 0; }
.panel.number { position: relative; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 12px; height: 20px; overflow: hidden; font-size: 11px; color: #9fa7b3; margin-top: 2px; }
.legend i, .pie i { display: inline-block; width: 12px; height: 4px; border-radius: 2px; margin-right: 5px; vertical-align: middle; }
table { border-collapse: collapse; width: 100%; font-size: 12px; }
th { text-align: left; font-weight: 500; color: #8ab8ff; height: 30px; padding: 0 8px; border-bottom: 1px solid #2c2f36; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; max-width: 170px; }
td { height: 29px; padding: 0 8px; border-bottom: 1px solid #22252b; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; max-width: 230px; }
td.filled { color: #111217; font-weight: 500; }
a { color: #6e9fff; }
.gauge { display: flex; gap: 6px; align-items: center; }
.gauge div { flex: 1; height: 12px; background: #22252b; min-width: 34px; }
.gauge i, .bar i { display: block; height: 100%; }
.gauge b, .bar b { font-weight: 500; }
.bars { display: flex; flex-direction: column; justify-content: space-evenly; height: calc(100% - 36px); }
.bar { display: grid; grid-template-columns: 35% 1fr 58px; gap: 8px; align-items: center; font-size: 12px; }
.bar span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: right; }
.bar div { height: 14px; background: #22252b; }
.states text, .map text { fill: #9fa7b3; font-size: 11px; }
.map { background: #14161b; }
.map line { stroke: #22252b; }
.map text { font-size: 9px; fill: #5b5f68; }
.map text.name { fill: #ccccdc; font-size: 10px; }
.pie { display: flex; gap: 12px; align-items: center; }
.pie table { flex: 1; }
.pie td { height: 20px; border: 0; }
.list { margin: 0; padding: 0; list-style: none; columns: 2; }
.list li { padding: 5px 8px; break-inside: avoid; }
small { color: #9fa7b3; }
footer { padding: 12px 16px; color: #9fa7b3; font-size: 12px; }
`;

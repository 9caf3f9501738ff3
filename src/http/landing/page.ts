import { type Column, COLUMNS } from './columns.js';
import { FLEET_STATES, type FleetView, STATE_WORDS } from './fleet-view.js';
import { attribute, type Markup, markup } from './markup.js';
import { renderTable, shape } from './table.js';

/** Where the documentation is read: the place that the runbook links of the alerts name too. */
const DOCUMENTATION = 'https://github.com/pipefleet/pipefleet/tree/main/docs';

/**
 * The landing page. It is complete without its script, which adds filter, sorting and live refresh; it needs nothing but
 * `/assets/` and runs under a policy that allows no inline script or style.
 *
 * @returns a whole HTML document
 */
export function renderLandingPage(view: FleetView): string {
  const { counts, version } = view;
  const asset = (name: string): string => `/assets/${name}?v=${encodeURIComponent(version)}`;
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${counts.up} of ${counts.total} up · pipefleet</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<noscript><meta http-equiv="refresh" content="30"></noscript>
<link rel="icon" href="${asset('favicon.svg')}" type="image/svg+xml">
<link rel="stylesheet" href="${asset('landing.css')}">
<script src="${asset('theme.js')}"></script>
<script type="module" src="${asset('landing.js')}"></script>
</head>
<body>
<a class="skip" href="#fleet">Skip to the nodes</a>
<header>
<p><img src="${asset('favicon.svg')}" alt="" width="22" height="22"> <b>pipefleet</b> <small>${version}</small></p>
<button type="button" id="theme" class="scripted">Theme: auto</button>
</header>
<main>
<p class="banner" id="simulated"${attribute('hidden', view.simulated === undefined)}>${view.simulated}</p>
<p class="silence" id="silence" role="alert" hidden></p>
<section id="totals" aria-label="Totals"${attribute('hidden', counts.total === 0)}>
<h1><span role="status"><strong id="up">${counts.up}</strong> of <span id="total">${counts.total}</span> up</span></h1>
${proportions(counts)}
<p><span id="summary">${view.summary}</span> <small>${asOf(view.now)}</small></p>
</section>
${noNodes(counts.total)}
<section id="fleet" tabindex="-1" aria-label="Nodes"${attribute('hidden', counts.total === 0)}>
${controls(counts)}
${renderTable(view.rows)}
<p class="nothing" id="nothing" role="status" hidden>No node matches. <button type="button" id="clear">Show all</button></p>
</section>
</main>
<footer>
<nav aria-label="Exporter">${links()}</nav>
</footer>
</body>
</html>
`;
  return page.text;
}

/** The same view for programs, and for the page's script. */
export function renderFleetJson(view: FleetView): string {
  return JSON.stringify(view);
}

/** A bar of the states' shares. Decoration: the words beside it say the same. */
function proportions(counts: FleetView['counts']): Markup {
  const parts: Markup[] = [];
  let start = 0;
  for (const state of FLEET_STATES.toReversed()) {
    parts.push(markup`<rect data-state="${state}" x="${start}" width="${counts[state]}" height="1"></rect>`);
    start += counts[state];
  }
  const box = `0 0 ${Math.max(1, counts.total)} 1`;
  return markup`<svg id="proportions" viewBox="${box}" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>`;
}

function asOf(now: number): Markup {
  const iso = new Date(now).toISOString();
  return markup`as of <time id="as-of" datetime="${iso}">${iso.slice(11, 19)} UTC</time>`;
}

function noNodes(total: number): Markup {
  return markup`<section id="no-nodes" class="no-nodes"${attribute('hidden', total > 0)}>
<h2>No nodes yet</h2>
<p>The configuration names no node, so there is nothing to watch. Add your first one to <code>pipefleet.yml</code>:</p>
<pre><code>credentials:
  monitor:
    user: pipefleet
    key_file: ~/.ssh/pipefleet
nodes:
  - name: fra-1
    host: 203.0.113.7
    credential: monitor
    labels:
      region: eu-central</code></pre>
<p>Let <code>pipefleet check</code> judge it, then reload: send the exporter <code>SIGHUP</code>, or <code>POST</code> to <code>/-/reload</code>. The node appears here at once, and in Prometheus when it next asks <a href="/sd">/sd</a>.</p>
</section>`;
}

function controls(counts: FleetView['counts']): Markup {
  const chips = FLEET_STATES.map((state) => chip(state, STATE_WORDS[state], counts[state]));
  return markup`<form class="scripted" role="search" autocomplete="off">
<label class="find">Filter <input type="search" id="q" name="q" placeholder="name, group, region, reason" autocapitalize="none" spellcheck="false"></label>
<fieldset><legend>State</legend>${chip('', 'all', counts.total)}${chips}</fieldset>
<label class="order">Sort by <select id="sort">${COLUMNS.map(sortOptions)}</select></label>
</form>
<p class="hint unscripted">Worst first. Without JavaScript the page loads anew every 30 seconds.</p>`;
}

function chip(state: string, word: string, count: number): Markup {
  const radio = markup`<input type="radio" name="state" value="${state}"${attribute('checked', state === '')}>`;
  return markup`<label>${radio}<span>${state !== '' && shape(state)}${word} <b data-count="${state}">${count}</b></span></label>`;
}

/** On a narrow screen a list stands in for the table's headings. */
function sortOptions({ key, label, first }: Column): Markup {
  if (key === 'state') {
    return markup`<option value="state" selected>Worst first</option><option value="-state">Best first</option>`;
  }
  const ascending = markup`<option value="${key}">${label} ↑</option>`;
  const descending = markup`<option value="-${key}">${label} ↓</option>`;
  return first === 'ascending' ? markup`${ascending}${descending}` : markup`${descending}${ascending}`;
}

function links(): Markup {
  const paths = ['/metrics', '/sd', '/-/healthy', '/fleet.json'];
  const own = paths.map((path) => markup`<a href="${path}">${path}</a> `);
  return markup`${own}<a href="${DOCUMENTATION}" rel="noreferrer">Documentation</a>`;
}

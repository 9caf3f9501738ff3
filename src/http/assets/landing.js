// Filter, sorting, theme and live refresh of the landing page. The server renders everything; this only hides, orders and
// refreshes what it rendered. Text from nodes is only ever set as text.

const REFRESH_MS = 10_000;
const TIMEOUT_MS = 10_000;
const THEMES = ['auto', 'light', 'dark'];
const TEXT_COLUMNS = ['name', 'group', 'region'];
/** Names in the server's own order. */
const collator = new Intl.Collator('en', { numeric: true });

const byId = (id) => document.getElementById(id);
const root = document.documentElement;
const fleet = byId('fleet');
const form = fleet.querySelector('form');
const query = byId('q');
const sortList = byId('sort');
const table = fleet.querySelector('table');
const body = table.tBodies[0];
const headings = [...table.tHead.rows[0].cells];
const columns = headings.map((heading) => heading.dataset.key);

/** The rows by the name of their node. */
const rows = new Map();
for (const tr of body.rows) remember(tr);

/** A column's key; with `-` before it when descending. */
let order = 'state';

start();

function start() {
  readAddress();
  apply();
  localizeClock(byId('as-of').dateTime);

  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('input', () => sortBy(sortList.value));
  table.tHead.addEventListener('click', (event) => {
    const heading = event.target.closest('th');
    if (heading !== null) sortBy(nextOrder(heading));
  });
  byId('clear').addEventListener('click', () => {
    query.value = '';
    form.elements.state.value = '';
    changed();
    query.focus();
  });
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('input, select, textarea') !== null;
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      query.select();
    }
  });
  addEventListener('popstate', () => {
    readAddress();
    apply();
  });
  startTheme();
  startRefreshing();
}

/* Filter and order: kept in the address, so that a view can be bookmarked and survives a reload. */

function readAddress() {
  const asked = new URL(location.href).searchParams;
  query.value = asked.get('q') ?? '';
  form.elements.state.value = '';
  form.elements.state.value = asked.get('state') ?? '';
  const sort = asked.get('sort') ?? '';
  order = columns.includes(sort.replace(/^-/, '')) ? sort : 'state';
}

function writeAddress() {
  const address = new URL(location.href);
  const values = {
    q: query.value.trim(),
    state: form.elements.state.value,
    sort: order === 'state' ? '' : order,
  };
  for (const [name, value] of Object.entries(values)) {
    if (value === '') address.searchParams.delete(name);
    else address.searchParams.set(name, value);
  }
  history.replaceState(null, '', address);
}

function changed() {
  apply();
  writeAddress();
}

function sortBy(next) {
  order = next;
  changed();
}

/** The heading's own direction first, then the other one. */
function nextOrder({ dataset: { key, first } }) {
  const ascending = key;
  const descending = `-${key}`;
  if (order === ascending) return descending;
  if (order === descending) return ascending;
  return first === 'ascending' ? ascending : descending;
}

/** Shows the rows that match, in the order that was asked for. */
function apply() {
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  const state = form.elements.state.value;
  let shown = 0;
  for (const { tr, search } of rows.values()) {
    const matches =
      (state === '' || tr.dataset.state === state) && words.every((word) => search.includes(word));
    if (tr.hidden === matches) tr.hidden = !matches;
    if (matches) shown += 1;
  }
  byId('nothing').hidden = shown > 0 || rows.size === 0;
  table.hidden = shown === 0;
  arrange();
}

function arrange() {
  const descending = order.startsWith('-');
  const key = order.replace(/^-/, '');
  for (const heading of headings) {
    if (heading.dataset.key === key) heading.ariaSort = descending ? 'descending' : 'ascending';
    else heading.removeAttribute('aria-sort');
  }
  sortList.value = order;

  const focused = document.activeElement;
  let next = body.firstElementChild;
  for (const { tr } of [...rows.values()].sort(
    (a, b) => compare(a.keys[key], b.keys[key], descending) || byName(a, b),
  )) {
    if (tr === next) next = next.nextElementSibling;
    else body.insertBefore(tr, next);
  }
  if (focused !== document.activeElement && body.contains(focused)) focused.focus({ preventScroll: true });
}

/** What was not stated comes last in both directions. */
function compare(a, b, descending) {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const difference = typeof a === 'string' ? collator.compare(a, b) : a - b;
  return descending ? -difference : difference;
}

function byName(a, b) {
  return collator.compare(a.keys.name, b.keys.name);
}

/* Rows. */

/** Notes what a row is found and ordered by. */
function remember(tr) {
  const keys = {};
  columns.forEach((key, index) => {
    const cell = tr.cells[index];
    if (key === 'name') keys.name = cell.querySelector('a').textContent;
    else if (key === 'state') keys.state = Number(tr.dataset.rank);
    else if (TEXT_COLUMNS.includes(key)) keys[key] = cell.textContent;
    else if (cell.dataset.value !== undefined) keys[key] = Number(cell.dataset.value);
  });
  const texts = [keys.name, keys.group, keys.region, tr.querySelector('.why').textContent];
  rows.set(keys.name, { tr, keys, search: texts.join('\n').toLowerCase() });
}

/** Brings one row of the table to what the view says, touching only what differs. */
function update(tr, row) {
  setAttribute(tr, 'data-state', row.state);
  setAttribute(tr, 'data-rank', row.rank);
  columns.forEach((key, index) => {
    const cell = tr.cells[index];
    if (key === 'name') {
      setText(cell.querySelector('a'), row.name);
      setAttribute(cell.querySelector('a'), 'href', row.probe);
      cell.querySelector('.tag').hidden = !row.simulated;
    } else if (key === 'state') {
      setAttribute(cell.querySelector('.shape'), 'data-shape', row.state);
      setText(cell.querySelector('.word'), row.word);
      setText(cell.querySelector('code'), row.reason ?? '');
      setText(cell.querySelector('.detail'), row.detail);
    } else if (TEXT_COLUMNS.includes(key)) {
      setText(cell, row[key]);
    } else {
      const figure = row.figures[key];
      setAttribute(cell, 'data-value', figure.value);
      setAttribute(cell, 'data-bar', figure.bar);
      setAttribute(cell, 'data-high', figure.note === undefined ? undefined : '');
      setAttribute(cell, 'title', figure.title);
      setText(cell, figure.text);
    }
  });
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setAttribute(element, name, value) {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

/* Live refresh. */

function show(view) {
  const gone = new Set(rows.keys());
  for (const row of view.rows) {
    const tr = rows.get(row.name)?.tr ?? byId('row').content.firstElementChild.cloneNode(true);
    if (!gone.delete(row.name)) body.append(tr);
    update(tr, row);
    remember(tr);
  }
  for (const name of gone) {
    rows.get(name).tr.remove();
    rows.delete(name);
  }
  showTotals(view);
  apply();
}

function showTotals({ counts, summary, simulated, now }) {
  setText(byId('up'), String(counts.up));
  setText(byId('total'), String(counts.total));
  setText(byId('summary'), summary);
  setText(byId('simulated'), simulated ?? '');
  byId('simulated').hidden = simulated === undefined;
  byId('no-nodes').hidden = counts.total > 0;
  byId('totals').hidden = counts.total === 0;
  fleet.hidden = counts.total === 0;
  document.title = `${counts.up} of ${counts.total} up · pipefleet`;
  for (const count of form.querySelectorAll('[data-count]')) {
    setText(count, String(counts[count.dataset.count || 'total']));
  }
  const bar = byId('proportions');
  bar.setAttribute('viewBox', `0 0 ${Math.max(1, counts.total)} 1`);
  let begin = 0;
  for (const part of bar.children) {
    part.setAttribute('x', begin);
    part.setAttribute('width', counts[part.dataset.state]);
    begin += counts[part.dataset.state];
  }
  localizeClock(new Date(now).toISOString());
}

function localizeClock(iso) {
  const clock = byId('as-of');
  clock.dateTime = iso;
  setText(clock, new Date(iso).toLocaleTimeString());
}

function startRefreshing() {
  const silence = byId('silence');
  let timer;
  let asking = false;

  const ask = async () => {
    clearTimeout(timer);
    if (asking || document.hidden) return;
    asking = true;
    const askedAt = performance.now();
    const view = await fetchView();
    asking = false;
    let pause = REFRESH_MS;
    if (view === undefined) {
      const since = byId('as-of').textContent;
      setText(silence, `The exporter has not answered since ${since}. What stands here is from then.`);
    } else {
      show(view);
      // A fleet that takes long to load over a slow line is asked for less often.
      pause = Math.max(pause, 5 * (performance.now() - askedAt));
    }
    silence.hidden = view !== undefined;
    if (!document.hidden) timer = setTimeout(ask, pause);
  };

  document.addEventListener('visibilitychange', () => {
    if (document.hidden) clearTimeout(timer);
    else void ask();
  });
  addEventListener('online', () => void ask());
  timer = setTimeout(ask, REFRESH_MS);
}

/** The fleet as the exporter sees it now; undefined when it does not answer. */
async function fetchView() {
  try {
    const answer = await fetch('/fleet.json', { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) });
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}

/* Theme. */

function startTheme() {
  const button = byId('theme');
  const label = () => setText(button, `Theme: ${root.dataset.theme ?? 'auto'}`);
  button.addEventListener('click', () => {
    const next = THEMES[(THEMES.indexOf(root.dataset.theme ?? 'auto') + 1) % THEMES.length];
    if (next === 'auto') delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      localStorage.setItem('pipefleet-theme', next);
    } catch {
      // Storage is forbidden here: the choice lasts as long as the page.
    }
    label();
  });
  label();
}

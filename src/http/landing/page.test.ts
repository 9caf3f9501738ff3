import { describe, expect, test } from '@jest/globals';
import { checkConfig } from '../../config/load.js';
import { COLUMNS } from './columns.js';
import { buildFleetView, type FleetView } from './fleet-view.js';
import { renderFleetJson, renderLandingPage } from './page.js';
import { makeCollector, makeFailure, makeNode, makeOutcome, NOW } from './testing/fleet.js';
import { makeFleet } from './testing/scenes.js';

const page = (size: number) => renderLandingPage(buildFleetView(makeFleet(size)));

/** Attributes of every element called `tag`, as they stand in the page. */
function tags(html: string, tag: string): string[] {
  return [...html.matchAll(new RegExp(`<${tag}\\b([^>]*)>`, 'g'))].map((match) => match[1] ?? '');
}

describe('the page', () => {
  test('says at a glance how many are up', () => {
    expect(page(12)).toContain('<strong id="up">8</strong> of <span id="total">12</span> up</span></h1>');
    expect(page(12)).toContain('2 down · 1 stale · 1 never probed · 1 up but wants a look');
    expect(page(12)).toContain('<title>8 of 12 up · pipefleet</title>');
  });

  test('has a table with a caption, scopes and the order that it is in', () => {
    const html = page(12);
    expect(html).toContain('<caption>');
    expect(html.match(/<th scope="col"/g)).toHaveLength(COLUMNS.length);
    expect(html.match(/aria-sort="ascending"/g)).toHaveLength(1);
    const rows = html.slice(html.indexOf('<tbody>'), html.indexOf('</tbody>'));
    expect(rows.match(/<th scope="row">/g)).toHaveLength(12);
  });

  test('shows what was not stated as an en dash, never as 0', () => {
    const view = buildFleetView({ nodes: [makeNode('fra-1')], outcomes: new Map(), now: NOW, version: '1' });
    const html = renderLandingPage(view);
    expect(html).toContain('<td class="memory" data-label="Memory">–</td>');
    expect(html).not.toContain('>0%<');
  });

  test('opens a fresh probe of a node by its name', () => {
    expect(page(3)).toContain('<a href="/probe?target=fra-1&amp;module=node&amp;debug=true">fra-1</a>');
  });

  test('names the reason and says it in a sentence', () => {
    const outcomes = new Map([['fra-1', makeFailure('fra-1', 'host_key_changed')]]);
    const html = renderLandingPage(
      buildFleetView({ nodes: [makeNode('fra-1')], outcomes, now: NOW, version: '1' }),
    );
    expect(html).toContain('<code>host_key_changed</code>');
    expect(html).toContain('The host key differs from the one in known_hosts.');
  });

  test('explains to somebody without nodes how to add one', () => {
    const html = page(0);
    expect(html).toContain('<section id="no-nodes" class="no-nodes">');
    expect(html).toContain('/-/reload');
    expect(page(3)).toContain('<section id="no-nodes" class="no-nodes" hidden>');
  });

  test('explains it with a configuration that is valid', () => {
    const example = /<pre><code>(?<yaml>.+?)<\/code>/s.exec(page(0))?.groups?.['yaml'] ?? '';
    const { config, problems } = checkConfig(example, '/etc/pipefleet.yml', { collectors: [] });
    expect(problems).toEqual([]);
    expect(config?.nodes.map(({ name }) => name)).toEqual(['fra-1']);
  });

  test('needs nothing from elsewhere and holds no script or style of its own', () => {
    const html = page(12);
    for (const attributes of tags(html, 'script'))
      expect(attributes).toMatch(/ src="\/assets\/[a-z]+\.js\?v=0\.1\.0"/);
    for (const attributes of [...tags(html, 'link'), ...tags(html, 'img')])
      expect(attributes).toContain('="/assets/');
    expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:|src="http/);
  });

  test('labels every input', () => {
    const html = page(12);
    const labels = [...html.matchAll(/<label\b.*?<\/label>/gs)].map((match) => match[0]);
    const labelled = labels.join('').match(/<(?:input|select)\b/g) ?? [];
    expect(html.match(/<(?:input|select)\b/g)).toHaveLength(labelled.length);
  });
});

describe('hostile text stays text', () => {
  const ATTACKS = [
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    `' onmouseover='alert(1)`,
    '</template></table><svg onload=alert(1)>',
    '${alert(1)}{{alert(1)}}',
    'javascript:alert(1)',
  ];

  test.each(ATTACKS)('%s', (attack) => {
    const name = `fra-1${attack}`;
    const mount = [
      { metric: 'node_filesystem_size_bytes', labels: { mountpoint: attack }, value: 100 },
      { metric: 'node_filesystem_avail_bytes', labels: { mountpoint: attack }, value: 1 },
    ];
    const nodes = [
      makeNode(name, { groups: [attack], labels: { region: attack } }),
      makeNode('failed', { labels: { region: attack } }),
    ];
    const outcomes = new Map([
      [name, makeOutcome(name, { collectors: [makeCollector(attack, mount, attack)] })],
      ['failed', makeFailure('failed', 'auth', attack)],
    ]);
    const html = renderLandingPage(buildFleetView({ nodes, outcomes, now: NOW, version: attack }));
    const calm = renderLandingPage(buildFleetView({ ...makeFleet(2), version: '1' }));
    const elements = (text: string) => new Set([...text.matchAll(/<([a-z0-9]+)/g)].map((match) => match[1]));
    expect(elements(html)).toEqual(elements(calm));
    expect(html).not.toContain('<script>alert');
    expect(html.replaceAll(/="[^"]*"/g, '')).not.toMatch(/<[a-z][^<>]*\bon[a-z]+=/);
    expect(html).not.toMatch(/href="javascript:/);
  });
});

describe('the data', () => {
  test('are the view, complete', () => {
    const view = buildFleetView(makeFleet(24));
    expect(JSON.parse(renderFleetJson(view)) as FleetView).toEqual(view);
  });

  test('hold nothing that a probe sent or that a node is reached by', () => {
    const exchange = { command: 'secret-command', exitCode: 0, stdout: 'secret-out', stderr: 'secret-err' };
    const outcomes = new Map([['fra-1', makeOutcome('fra-1', { exchange })]]);
    const view = buildFleetView({ nodes: [makeNode('fra-1')], outcomes, now: NOW, version: '1' });
    expect(renderFleetJson(view)).not.toMatch(/secret|id_ed25519|192\.0\.2\.1/);
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Manifest, manifestPath, renderManifest } from './manifest.js';
import { parseManifest } from './parse-manifest.js';

const MANIFEST: Manifest = {
  fleet: 'f0123456789abcde',
  gate: 'a'.repeat(64),
  sudoers: 'b'.repeat(64),
  group: { name: 'pipefleet-audit', made: true, members: ['pipefleet'] },
  accounts: [
    {
      name: 'pipefleet',
      uid: 998,
      home: '/var/lib/pipefleet',
      before: undefined,
      keys: ['AAAAone', 'AAAAtwo'],
    },
    {
      name: 'deploy',
      uid: 1000,
      home: '/home/de ploy',
      before: { shell: '/bin/bash', starred: true, home: '1000:33:2700', ssh: undefined, keys: undefined },
      keys: [],
    },
  ],
};

describe('a manifest', () => {
  test('can be read by a person', () => {
    expect(renderManifest(MANIFEST).replace(/^#.*\n/gm, '')).toBe(`pipefleet-manifest 1
fleet f0123456789abcde
gate ${'a'.repeat(64)}
sudoers ${'b'.repeat(64)}
group made pipefleet-audit pipefleet
account pipefleet 998 /var/lib/pipefleet
key pipefleet AAAAone
key pipefleet AAAAtwo
account deploy 1000 /home/de ploy
before deploy starred 1000:33:2700 - - /bin/bash
`);
    expect(manifestPath('/usr/local/lib/pipefleet/gate', 'f0')).toBe('/usr/local/lib/pipefleet/manifest-f0');
  });

  test('is read back as it was', () => {
    const name = fc.stringMatching(/^[a-z_][a-z0-9_.@\\-]{0,8}\$?$/);
    const digest = fc.stringMatching(/^[0-9a-f]{64}$/);
    const place = fc.option(fc.stringMatching(/^[0-9]{1,5}:[0-9]{1,5}:[0-7]{4}$/), { nil: undefined });
    const path = fc.stringMatching(/^(\/[a-z .é]+){1,3}$/u);
    const manifest: fc.Arbitrary<Manifest> = fc.record({
      fleet: fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/),
      gate: fc.option(digest, { nil: undefined }),
      sudoers: fc.option(digest, { nil: undefined }),
      group: fc.option(fc.record({ name, made: fc.boolean(), members: fc.array(name) }), { nil: undefined }),
      accounts: fc.uniqueArray(
        fc.record({
          name,
          uid: fc.option(fc.nat(), { nil: undefined }),
          home: path,
          before: fc.option(
            fc.record({ shell: path, starred: fc.boolean(), home: place, ssh: place, keys: place }),
            { nil: undefined },
          ),
          keys: fc.array(fc.stringMatching(/^AAAA[A-Za-z0-9+/]{1,9}={0,2}$/)),
        }),
        { selector: (account) => account.name },
      ),
    });
    fc.assert(
      fc.property(manifest, (written) => {
        expect(parseManifest(renderManifest(written))).toEqual(written);
      }),
    );
  });

  test.each([
    ['of another form', renderManifest(MANIFEST).replace('manifest 1', 'manifest 2')],
    ['without a fleet', 'pipefleet-manifest 1\n'],
    ['with a line that means nothing', `${renderManifest(MANIFEST)}folder /\n`],
    ['with a key of no account', `${renderManifest(MANIFEST)}key tom AAAA\n`],
    ['that is empty', ''],
    ['that is longer than any', `${renderManifest(MANIFEST)}${'key deploy AAAAone\n'.repeat(256)}`],
  ])('%s is not read', (_what, text) => {
    expect(parseManifest(text)).toBeUndefined();
  });

  test('of any text at all is read without an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        parseManifest(`pipefleet-manifest 1\nfleet f\n${text}`);
      }),
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import { parseUpdateUris, releaseSources, renderSources } from './debian-sources.js';

const PRINTED = `'http://mirror.example/debian/dists/bookworm/InRelease' mirror.example_debian_dists_bookworm_InRelease 0 
'http://mirror.example/debian/dists/bookworm-updates/InRelease' mirror.example_debian_dists_bookworm-updates_InRelease 0 
'http://mirror.example/debian-security/dists/bookworm-security/InRelease' mirror.example_debian-security_dists_bookworm-security_InRelease 0 
'https://packages.example/repo/dists/any/InRelease' packages.example_repo_dists_any_InRelease 0 
'https://other.example/apt/dists/bookworm-pgdg/InRelease' other.example_apt_dists_bookworm-pgdg_InRelease 0 
'http://mirror.example/debian/dists/bookworm/main/binary-amd64/Packages.xz' mirror.example_debian_dists_bookworm_main_binary-amd64_Packages 0 
`;

describe("the sources of the machine's apt", () => {
  test('are read from what "apt-get update --print-uris" prints', () => {
    expect(parseUpdateUris(PRINTED)).toEqual([
      { uri: 'http://mirror.example/debian/', suite: 'bookworm' },
      { uri: 'http://mirror.example/debian/', suite: 'bookworm-updates' },
      { uri: 'http://mirror.example/debian-security/', suite: 'bookworm-security' },
      { uri: 'https://packages.example/repo/', suite: 'any' },
      { uri: 'https://other.example/apt/', suite: 'bookworm-pgdg' },
    ]);
  });

  test('are used when their suite is that of the release, by code name or class', () => {
    const sources = [
      ...parseUpdateUris(PRINTED),
      { uri: 'http://mirror.example/debian/', suite: 'stable' },
      { uri: 'http://mirror.example/debian/', suite: 'trixie' },
      { uri: 'cdrom:[Debian]/', suite: 'bookworm' },
    ];
    expect(releaseSources(sources, 'bookworm').map(({ suite }) => suite)).toEqual([
      'bookworm',
      'bookworm-updates',
      'bookworm-security',
      'stable',
    ]);
  });

  test('become deb822 with sid added where a whole release lies, all bound to one keyring', () => {
    const sources = releaseSources(parseUpdateUris(PRINTED), 'bookworm');
    expect(renderSources(sources, '/keyring.gpg')).toBe(`Types: deb
URIs: http://mirror.example/debian/
Suites: bookworm sid bookworm-updates
Components: main
Signed-By: /keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security/
Suites: bookworm-security
Components: main
Signed-By: /keyring.gpg
`);
  });

  test('that are sid already name it once', () => {
    const sources = [{ uri: 'http://mirror.example/debian/', suite: 'sid' }];
    expect(renderSources(sources, '/k').match(/sid/g)).toHaveLength(1);
  });
});

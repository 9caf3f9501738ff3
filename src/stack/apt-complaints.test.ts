import { describe, expect, test } from '@jest/globals';
import { aptComplaints } from './apt-complaints.js';

/** As apt 2.6 says it. */
const EXPIRED = `W: Some index files failed to download. They have been ignored, or old ones used instead.
E: Release file for http://mirror.example/debian/dists/sid/InRelease is expired (invalid since 12d 3h 4min 5s). Updates for this repository will not be applied.
E: Unable to locate package prometheus
E: Unable to locate package prometheus
`;

describe('what apt complains of', () => {
  test('is its errors, the cause before what follows from it, each once', () => {
    expect(aptComplaints(EXPIRED)).toEqual([
      'E: Release file for http://mirror.example/debian/dists/sid/InRelease is expired (invalid since 12d 3h 4min 5s). Updates for this repository will not be applied.',
      'E: Unable to locate package prometheus',
    ]);
  });

  test('is also the warning that explains an error', () => {
    const said =
      "W: Failed to fetch http://mirror.example/  Temporary failure resolving 'mirror.example'\nW: Some index files failed to download.\nE: Unable to locate package prometheus\n";
    expect(aptComplaints(said)).toEqual([
      "W: Failed to fetch http://mirror.example/  Temporary failure resolving 'mirror.example'",
      'E: Unable to locate package prometheus',
    ]);
  });

  test('is what else was said where it gives neither', () => {
    expect(aptComplaints('dpkg-deb: error: no space left\n')).toEqual(['dpkg-deb: error: no space left']);
    expect(aptComplaints('')).toEqual([]);
  });
});

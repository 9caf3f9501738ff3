import type { Blemish } from './blemishes.js';
import { between, chance, hexDigits, pick } from './random.js';
import { type Wave, dailyWave } from './wave.js';

/** What tells one simulated node from another, as its fleet knows it. */
export interface NodeIdentity {
  /** Short name, such as `fra-1`. */
  readonly name: string;
  /** City and country, such as `Frankfurt, DE`. */
  readonly city: string;
  /** Degrees east; decides when its evening is. */
  readonly longitude: number;
  /** What is wrong with it for good, if anything. */
  readonly blemish?: Blemish | undefined;
}

/** What never changes about a simulated node: the machine, its software's settings, and the rhythm of its traffic. */
export interface NodeProfile {
  readonly hostname: string;
  readonly kernelRelease: string;
  readonly kernelVersion: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly diskBytes: number;
  /** Bytes that everything but the cache takes on the disk. */
  readonly systemBytes: number;
  /** Of the network device: an IPv4 address for documentation, and one of hardware that is locally administered. */
  readonly address: string;
  readonly hardwareAddress: string;
  /** Speed of the network device in Mbit/s; -1 where the hypervisor does not say, as most do. */
  readonly linkMegabits: number;
  /** The kernel has the settings that guides to the node software advise. */
  readonly tuned: boolean;
  /** Unix time at which the node software was installed. */
  readonly installedSeconds: number;
  /** Version of the node software. */
  readonly version: '0.3.1' | '0.3.2';
  readonly blemish: Blemish | undefined;
  readonly popId: string;
  readonly popName: string;
  readonly popLocation: string;
  readonly hardwareSignature: string;
  readonly workers: number;
  readonly memoryCacheMegabytes: number;
  readonly diskCacheGigabytes: number;
  /** Mean bytes of a cached object. */
  readonly objectBytes: number;
  /** Customers whose traffic the node carries, with shares that add up to 1. */
  readonly distributions: readonly { readonly id: string; readonly share: number }[];
  /** Requests a second that the cache answers. */
  readonly hits: Wave;
  /** Requests a second that go to the origin. */
  readonly misses: Wave;
  /** Share of all cores that is busy, 0 to 1. */
  readonly busy: Wave;
  /** Seconds between two resets of the request window. */
  readonly windowSeconds: number;
  /** Seconds in which the cache fills up before it is purged. */
  readonly fillSeconds: number;
  /** A number in [0, 1) that shifts everything periodic. */
  readonly phase: number;
}

const GIB = 2 ** 30;

/** Some time after the first release of 0.3.1 to 0.3.2, in which the fleet was set up. */
const FIRST_INSTALLED = Date.UTC(2025, 6, 1) / 1_000;
const INSTALLATION_SECONDS = 60 * 86_400;

/** Hour of the local day at which people ask for most. */
const EVENING = 20;

/** Derives a machine from its name: the same seed and identity give the same machine. */
export function profileOf(identity: NodeIdentity, seed: number): NodeProfile {
  const { name, city, longitude, blemish } = identity;
  const words = [seed, name] as const;
  const cores = pick([4, 4, 8, 8, 16], ...words, 'cores');
  const diskCacheGigabytes = pick([100, 100, 200, 400], ...words, 'disk');
  const requests = cores * between(3, 6, ...words, 'requests');
  const ratio = between(0.82, 0.96, ...words, 'ratio');
  const peak = EVENING - longitude / 15;
  const hits = dailyWave(`${seed}/${name}/hits`, requests * ratio, peak, 0.55);
  return {
    hostname: `simulated-${name}`,
    kernelRelease: '6.8.0-51-simulated',
    kernelVersion: '#52-Ubuntu SMP PREEMPT_DYNAMIC (simulated)',
    cores,
    memoryBytes: cores * 2 * GIB - 41 * 2 ** 20,
    diskBytes: Math.round(diskCacheGigabytes * 1.45 + 40) * GIB,
    systemBytes: Math.round(between(11, 17, ...words, 'system') * GIB),
    address: `198.51.100.${10 + Math.floor(between(0, 240, ...words, 'address'))}`,
    hardwareAddress: `02:00:${hexDigits(8, ...words, 'link').replaceAll(/..(?=.)/g, '$&:')}`,
    linkMegabits: pick([-1, -1, 1_000, 10_000], ...words, 'link'),
    tuned: chance(...words, 'tuned') < 0.8,
    installedSeconds: Math.floor(FIRST_INSTALLED + INSTALLATION_SECONDS * chance(...words, 'installed')),
    version: blemish === 'older_version' ? '0.3.1' : '0.3.2',
    blemish,
    popId: String(90_000 + Math.floor(between(0, 9_999, ...words, 'pop'))),
    popName: `simulated-${name}`,
    popLocation: `${city} (simulated)`,
    hardwareSignature: hexDigits(32, ...words, 'hardware'),
    workers: cores * 2,
    memoryCacheMegabytes: cores * 256,
    diskCacheGigabytes,
    objectBytes: Math.round(between(160_000, 420_000, ...words, 'object')),
    distributions: distributionsOf(words),
    hits,
    misses: dailyWave(`${seed}/${name}/misses`, requests * (1 - ratio), peak - 1.5, 0.45),
    busy: { mean: between(0.06, 0.16, ...words, 'busy'), swings: hits.swings },
    windowSeconds: between(30, 45, ...words, 'window'),
    fillSeconds: between(5, 11, ...words, 'fill') * 86_400,
    phase: chance(...words, 'phase'),
  };
}

function distributionsOf(words: readonly (string | number)[]): { id: string; share: number }[] {
  const count = 2 + Math.floor(between(0, 4, ...words, 'distributions'));
  const weights = Array.from({ length: count }, (_, index) => between(1, 10, ...words, 'weight', index));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, index) => ({
    id: `00000000-0000-4000-8000-${hexDigits(12, ...words, 'distribution', index)}`,
    share: weight / total,
  }));
}

/** A place of the demo fleet. Cities and coordinates are real; providers and nodes are not. */
export interface DemoSite {
  readonly code: string;
  readonly city: string;
  readonly group: 'europe' | 'america' | 'asia';
  readonly region: string;
  readonly provider: 'simcloud' | 'fakehost';
  readonly latitude: number;
  readonly longitude: number;
}

/**
 * Places in the order in which nodes are handed out. Continents alternate, so that faults, which go from neighbour to
 * neighbour, wander over the map.
 */
export const DEMO_SITES: readonly DemoSite[] = [
  site('fra', 'Frankfurt, DE', 'europe', 'eu-central', 'simcloud', 50.11, 8.68),
  site('nyc', 'New York, US', 'america', 'us-east', 'fakehost', 40.71, -74.01),
  site('sgp', 'Singapore, SG', 'asia', 'ap-southeast', 'simcloud', 1.35, 103.82),
  site('ams', 'Amsterdam, NL', 'europe', 'eu-west', 'fakehost', 52.37, 4.9),
  site('sfo', 'San Francisco, US', 'america', 'us-west', 'simcloud', 37.77, -122.42),
  site('tyo', 'Tokyo, JP', 'asia', 'ap-northeast', 'fakehost', 35.68, 139.69),
  site('lon', 'London, GB', 'europe', 'eu-west', 'simcloud', 51.51, -0.13),
  site('chi', 'Chicago, US', 'america', 'us-central', 'fakehost', 41.88, -87.63),
  site('bom', 'Mumbai, IN', 'asia', 'ap-south', 'simcloud', 19.08, 72.88),
  site('waw', 'Warsaw, PL', 'europe', 'eu-central', 'fakehost', 52.23, 21.01),
  site('gru', 'São Paulo, BR', 'america', 'sa-east', 'simcloud', -23.55, -46.63),
  site('sel', 'Seoul, KR', 'asia', 'ap-northeast', 'fakehost', 37.57, 126.98),
];

function site(
  code: string,
  city: string,
  group: DemoSite['group'],
  region: string,
  provider: DemoSite['provider'],
  latitude: number,
  longitude: number,
): DemoSite {
  return { code, city, group, region, provider, latitude, longitude };
}

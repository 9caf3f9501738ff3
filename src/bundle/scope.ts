import { parseDuration } from '../config/quantities.js';

/** Scrape jobs as Prometheus names them. */
export interface JobNames {
  /** Probes of the modules node, inventory and audit. */
  readonly node: string;
  readonly inventory: string;
  readonly audit: string;
  /** The exporter's own metrics. */
  readonly exporter: string;
  readonly prometheus: string;
  readonly alertmanager: string;
}

/** What a fleet calls its things. */
export interface Naming {
  readonly jobs: JobNames;
  /** More label matchers for every series that is asked for, such as `cluster="eu"`; empty for none. */
  readonly selector: string;
  /** The label of nodes whose equals are compared with each other. */
  readonly peerLabel: string;
  /** Seconds between two scrapes of a node. */
  readonly scrapeIntervalSeconds: number;
}

/** What rules need to speak of the series of one fleet: matchers without braces, and ranges that hold enough scrapes. */
export interface Scope {
  readonly node: string;
  readonly inventory: string;
  readonly audit: string;
  /** The two jobs that probe the same nodes now and then. */
  readonly slow: string;
  readonly exporter: string;
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly peers: string;
  /** Seconds between two evaluations of alerts. */
  readonly evaluationSeconds: number;
  /**
   * A range of at least four scrapes. In Prometheus 3 ranges are open at the left, so that four scrapes hold three
   * samples when one is lost, and a rate needs two.
   *
   * @param written such as `2m`
   */
  readonly range: (written: string) => string;
}

const SCRAPES_IN_A_RANGE = 4;

/** The scope of a fleet's names. */
export function scopeOf({ jobs, selector, peerLabel, scrapeIntervalSeconds }: Naming): Scope {
  const more = selector === '' ? '' : `, ${selector}`;
  const job = (name: string): string => `job=${JSON.stringify(name)}${more}`;
  return {
    node: job(jobs.node),
    inventory: job(jobs.inventory),
    audit: job(jobs.audit),
    slow: `job=~${JSON.stringify(`${jobs.inventory}|${jobs.audit}`)}${more}`,
    exporter: job(jobs.exporter),
    prometheus: job(jobs.prometheus),
    alertmanager: job(jobs.alertmanager),
    peers: peerLabel,
    evaluationSeconds: scrapeIntervalSeconds,
    range: (written) => {
      const least = SCRAPES_IN_A_RANGE * scrapeIntervalSeconds;
      return (parseDuration(written) ?? 0) >= least ? written : `${least}s`;
    },
  };
}

import type { NotifySettings } from './notify-settings.js';
import { WEEKDAYS, type QuietHours } from './quiet-hours.js';

export type Route = Readonly<Record<string, unknown>>;

type Severity = 'critical' | 'warning' | 'info';

const QUIET = 'quiet-hours';

/** How long a message waits for others of its group: long enough for a cause to come before its consequences. */
const GROUP_WAIT: Readonly<Record<Severity, string>> = { critical: '30s', warning: '1m', info: '5m' };

/** The tree of routes: the watchdog, then teams, then everybody by severity. */
export function routeTree(settings: NotifySettings): Route {
  const { warning, teams, team_label: label, repeat } = settings;
  return {
    receiver: warning,
    group_by: settings.group_by,
    group_wait: '30s',
    group_interval: '5m',
    repeat_interval: repeat.warning,
    routes: [
      {
        receiver: 'watchdog',
        matchers: ['alertname = Watchdog'],
        group_wait: '0s',
        group_interval: '1m',
        // Shorter than group_interval: else what was sent one interval ago is not yet due. Alertmanager's log warns of it.
        repeat_interval: '30s',
      },
      ...teams.map(({ team, receiver, critical = receiver }) => ({
        receiver,
        matchers: [`${label} = ${JSON.stringify(team)}`],
        routes: severities(settings, { critical, warning: receiver, info: receiver }),
      })),
      ...severities(settings, settings),
    ],
  };
}

function severities(settings: NotifySettings, to: Readonly<Record<Severity, string>>): Route[] {
  const { quiet_hours: quiet, repeat } = settings;
  return (['critical', 'warning', 'info'] as const).map((severity) => ({
    receiver: to[severity],
    matchers: [`severity = ${severity}`],
    group_wait: GROUP_WAIT[severity],
    repeat_interval: repeat[severity],
    ...(severity !== 'critical' &&
      quiet?.severities.includes(severity) === true && { mute_time_intervals: [QUIET] }),
  }));
}

/** Quiet hours as time intervals, of which none may go past midnight: what is left of a night belongs to the next day. */
export function timeIntervals(quiet: QuietHours | undefined): unknown[] {
  if (quiet === undefined) return [];
  const { from, to, weekdays, time_zone: location } = quiet;
  const span = (start: string, end: string, days: readonly string[] | undefined): unknown => ({
    times: [{ start_time: start, end_time: end }],
    ...(days !== undefined && { weekdays: days }),
    location,
  });
  const spans =
    from < to
      ? [span(from, to, weekdays)]
      : [
          span(from, '24:00', weekdays),
          ...(to === '00:00' ? [] : [span('00:00', to, weekdays?.map(dayAfter))]),
        ];
  return [{ name: QUIET, time_intervals: spans }];
}

function dayAfter(day: (typeof WEEKDAYS)[number]): string {
  return WEEKDAYS[(WEEKDAYS.indexOf(day) + 1) % WEEKDAYS.length] ?? day;
}

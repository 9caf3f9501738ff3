import { pino, type Logger } from 'pino';

export type { Logger };

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * The one way to log: JSON lines on standard error, so that standard output stays a command's answer. Messages are constant
 * sentences; what varies goes into fields, so that lines group.
 */
export function createLogger(level: LogLevel = 'info'): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: ['*.passphrase', '*.privateKey', '*.password'],
    },
    pino.destination({ dest: 2, sync: true }),
  );
}

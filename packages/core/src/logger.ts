/**
 * Where a unit's log lines go. Each becomes a `log` event of the run.
 *
 * @since 0.1.0
 */
export interface Logger {
  debug(message: string, data?: object): void;
  info(message: string, data?: object): void;
  warn(message: string, data?: object): void;
  error(message: string, data?: object): void;
}

/** @since 0.1.0 */
export type LogLevel = keyof Logger;

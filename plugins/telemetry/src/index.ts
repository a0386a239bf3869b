export { createTelemetry, type OpenTelemetry } from './create-telemetry.ts';
export type { LineLogger, TelemetryOptions, WatchedQueue } from './options.ts';
export type { Scrape } from './scrape.ts';

/** Attribute values. @since 0.1.0 */
export type TelemetryAttributes = Readonly<Record<string, string | number | boolean>>;

/**
 * Where spans and measurements go. Nothing leaves the process unless a plugin provides one.
 *
 * @since 0.1.0
 */
export interface Telemetry {
  /** Runs `work` inside a span; the span ends, marked as failed when it throws, with it. */
  span<T>(name: string, attributes: TelemetryAttributes, work: () => Promise<T>): Promise<T>;
  count(name: string, amount: number, attributes?: TelemetryAttributes): void;
  record(name: string, value: number, attributes?: TelemetryAttributes): void;
}

import { defineSubject, telemetryContract, telemetryUnderTest } from '@aiwork/contract-tests';
import { otelCollectorService } from '@aiwork/contract-tests/services';
import { createTelemetry, type TelemetryOptions } from './src/index.ts';

const maxFlushMs = 1500;
const maxTextLength = 1024;
const maxLabelValues = 50;
const key = 'kEy-of-the-contract';

interface Setting {
  readonly name: string;
  readonly options: TelemetryOptions;
  /** Most characters of a text. */
  readonly longest: number;
}

const settings: readonly Setting[] = [
  { name: 'as it is', options: {}, longest: maxTextLength },
  { name: 'with contents', options: { captureContent: true, maxQueued: 600 }, longest: 32 * maxTextLength },
];

export default settings.map(({ name, options, longest }) =>
  defineSubject({
    contract: telemetryContract,
    name,
    package: new URL('./package.json', import.meta.url),
    service: otelCollectorService(),
    secrets: [key],
    callDeadlineMs: 2 * maxFlushMs,
    async open({ namespace, address, service }) {
      const telemetry = createTelemetry({
        serviceName: namespace,
        endpoint: service.urlAt(address),
        headers: { authorization: `Bearer ${key}` },
        maxFlushMs,
        maxTextLength,
        maxLabelValues,
        ...options,
      });
      const runCounter = { metric: 'aiwork.runs', maxSeries: (maxLabelValues + 1) * 3 };
      return telemetryUnderTest(telemetry, { maxTextLength: longest, runCounter }, () =>
        service.received(namespace),
      );
    },
  }),
);

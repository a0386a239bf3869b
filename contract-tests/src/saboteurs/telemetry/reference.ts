import {
  type TelemetryUnderTest,
  telemetryUnderTest,
} from '../../contracts/telemetry/telemetry-under-test.ts';
import { embedded, type Subject } from '../../engine/subject.ts';
import { type OtlpReceiver, openOtlpReceiver } from '../../otlp/otlp-receiver.ts';
import {
  createReferenceTelemetry,
  runCounter,
  type TelemetryRules,
  telemetryRules,
} from './reference-telemetry.ts';
import { countRules, maxSeries } from './run-counts.ts';

const host = '127.0.0.1';
const secret = 'Bearer hunter2-of-the-reference';
const facts = { maxTextLength: telemetryRules.maxTextLength, runCounter: { metric: runCounter, maxSeries } };

function open(
  receiver: OtlpReceiver,
  port: number,
  serviceName: string,
  changes: Partial<TelemetryRules>,
): TelemetryUnderTest {
  const rules = { ...telemetryRules, ...countRules, ...changes };
  const telemetry = createReferenceTelemetry({ url: `http://${host}:${port}`, serviceName, secret }, rules);
  return telemetryUnderTest(telemetry, facts, () => receiver.received(serviceName));
}

const common = { secondClient: true, callDeadlineMs: 1000, secrets: [secret] } as const;

/** A correct telemetry with a receiver that belongs to it: what saboteurs are made of. */
export function referenceTelemetry(changes: Partial<TelemetryRules> = {}): Subject<TelemetryUnderTest> {
  let receiver: Promise<OtlpReceiver> | undefined;
  return {
    ...common,
    service: embedded,
    async open({ namespace }) {
      receiver ??= openOtlpReceiver(host);
      const opened = await receiver;
      return open(opened, opened.port, namespace, changes);
    },
    async close() {
      await (await receiver)?.close();
    },
  };
}

/** The same with its receiver as a service, so that the wire between them can be cut. */
export async function remoteTelemetry(
  changes: Partial<TelemetryRules> = {},
): Promise<Subject<TelemetryUnderTest>> {
  const receiver = await openOtlpReceiver(host);
  const facts = { name: 'receiver', version: '1', settings: {} };
  const address = { host, port: receiver.port };
  return {
    ...common,
    service: { facts, address, close: () => Promise.resolve() },
    open: ({ namespace, address: { port } = address }) => open(receiver, port, namespace, changes),
    close: () => receiver.close(),
  };
}

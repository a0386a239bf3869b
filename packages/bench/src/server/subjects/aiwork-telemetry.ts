import { createTelemetry } from '@aiwork/telemetry';
import { isolate } from '../../isolated/isolate.ts';
import type * as Sink from '../telemetry-sink.ts';
import { serverSubject } from './aiwork.ts';

const sink = await isolate<typeof Sink>(new URL('../telemetry-sink.ts', import.meta.url));

/** Traces of every run, metrics and logs go to a receiver of OTLP in another process. */
export const subject = serverSubject([
  createTelemetry({ serviceName: 'bench', endpoint: await sink.call('listen') }).plugin,
]);

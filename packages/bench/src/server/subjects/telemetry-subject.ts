import { createTelemetry, type TelemetryOptions } from '@aiwork/telemetry';
import { isolate } from '../../isolated/isolate.ts';
import type { ServerSubject } from '../server-subject.ts';
import type * as Sink from '../telemetry-sink.ts';
import { serverSubject } from './aiwork.ts';

/** Sends to a receiver of OTLP in another process what it is told to: by default all of it. */
export async function telemetrySubject(options: TelemetryOptions = {}): Promise<ServerSubject> {
  const sink = await isolate<typeof Sink>(new URL('../telemetry-sink.ts', import.meta.url));
  const endpoint = await sink.call('listen');
  return serverSubject(createTelemetry({ serviceName: 'bench', endpoint, ...options }));
}

import type { IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { openHttpServer } from '../engine/http-server.ts';
import type { OtlpRequest } from './otlp-json.ts';
import { readOtlp } from './read-otlp.ts';
import type { Received } from './received.ts';

/** Takes OTLP over HTTP in its JSON form, and keeps all of it. */
export interface OtlpReceiver {
  readonly port: number;
  /** What has come from the resource of this `service.name`. */
  received(serviceName: string): Received;
  close(): Promise<void>;
}

const paths = ['/v1/traces', '/v1/metrics', '/v1/logs'];

/** @param host where it listens. */
export async function openOtlpReceiver(host: string): Promise<OtlpReceiver> {
  const all: Received[] = [];
  const { address, close } = await openHttpServer((request, response) => {
    take(request).then(
      (received) => {
        all.push(received);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      },
      () => response.writeHead(400).end(),
    );
  }, host);
  const of =
    (serviceName: string) => (signal: { readonly resource: Received['spans'][number]['resource'] }) =>
      signal.resource['service.name'] === serviceName;
  return {
    port: address.port,
    received: (serviceName) => ({
      spans: all.flatMap(({ spans }) => spans.filter(of(serviceName))),
      points: all.flatMap(({ points }) => points.filter(of(serviceName))),
      logs: all.flatMap(({ logs }) => logs.filter(of(serviceName))),
    }),
    close,
  };
}

async function take(request: IncomingMessage): Promise<Received> {
  if (request.method !== 'POST' || !paths.includes(request.url ?? ''))
    throw new Error('not a request of OTLP');
  return readOtlp((await json(request)) as OtlpRequest);
}

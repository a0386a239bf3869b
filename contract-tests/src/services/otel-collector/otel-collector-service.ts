import type { Address } from '../../engine/address.ts';
import { type Service, type ServiceSource, serviceSource } from '../../engine/service.ts';
import { openOtlpReceiver } from '../../otlp/otlp-receiver.ts';
import type { Received } from '../../otlp/received.ts';
import { startContainer } from '../containers/container.ts';
import { thisMachine } from '../containers/container-plan.ts';
import { type ServiceOptions, toStderr } from '../containers/progress.ts';
import { collectorConfig } from './collector-config.ts';

/** @since 0.1.0 */
export interface OtelCollectorService extends Service {
  /** Where OTLP over HTTP is taken: `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  /** The URL of the same collector, reached by another address, such as that of a link. */
  urlAt(address: Address): string;
  /** What the collector took from the resource of this `service.name`, decoded by it, in the order it came. */
  received(serviceName: string): Received;
}

const port = 4318;
const image = 'otel/opentelemetry-collector:0.156.0';

/**
 * The OpenTelemetry collector, in a container of its own that starts when it is first held. It takes OTLP over HTTP,
 * in protobuf and in JSON, and acknowledges a request when all of it can be read from `received`. That needs a way from the
 * container to this machine, which engines on this machine have.
 *
 * @example
 * ```ts no-run: needs a container engine
 * import { otelCollectorService } from '@aiwork/contract-tests/services';
 *
 * await using held = await otelCollectorService().hold();
 * console.log(held.service.url, held.service.received('my service').spans);
 * ```
 * @since 0.1.0
 */
export function otelCollectorService(options: ServiceOptions = {}): ServiceSource<OtelCollectorService> {
  return serviceSource('OpenTelemetry collector', () => startCollector(options));
}

async function startCollector({ progress = toStderr }: ServiceOptions): Promise<OtelCollectorService> {
  const receiver = await openOtlpReceiver('0.0.0.0');
  const at = ({ host, port }: Address) => `http://${host}:${port}`;
  const config = collectorConfig(port, at({ host: thisMachine, port: receiver.port }));
  const variable = 'AIWORK_OTEL_COLLECTOR_IMAGE';
  try {
    const container = await startContainer(
      {
        image: { folder: 'otel-collector', label: 'OpenTelemetry collector', image, variable },
        ports: [port],
        settings: () => ({
          command: ['--config=env:COLLECTOR_CONFIG'],
          environment: { COLLECTOR_CONFIG: JSON.stringify(config) },
        }),
        probe: (address) => greet(at(address)),
        startTimeoutMs: 60_000,
        stopTimeoutMs: 10_000,
      },
      progress,
    );
    const { addresses, restart, kill } = container;
    const [address] = addresses;
    const version = /"Version": "([^"]+)"/.exec(await container.log())?.[1] ?? 'unknown';
    return {
      facts: { name: 'opentelemetry-collector', version, image: container.image, settings: {} },
      address,
      url: at(address),
      urlAt: at,
      received: receiver.received,
      restart,
      kill,
      async close() {
        await container.close();
        await receiver.close();
      },
    };
  } catch (error) {
    await receiver.close();
    throw error;
  }
}

/** Resolves when it takes an empty request. */
async function greet(url: string): Promise<void> {
  const { ok, status } = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(5000),
  });
  if (!ok) throw new Error(`no collector answers at ${url}: status ${status}`);
}

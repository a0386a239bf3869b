import type { Address } from '../../engine/address.ts';
import { type Service, type ServiceSource, serviceSource } from '../../engine/service.ts';
import { startContainer } from '../containers/container.ts';
import { type ServiceOptions, toStderr } from '../containers/progress.ts';
import { addressOf, externalUrl, urlAt } from '../service-url.ts';

/** @since 0.1.0 */
export interface SchemaRegistryService extends Service {
  /** Where the API of Confluent's registry begins, which many others speak. */
  readonly url: string;
  /** The URL of the same registry, reached by another address, such as that of a link. */
  urlAt(address: Address): string;
}

const variable = 'AIWORK_SCHEMA_REGISTRY_URL';
const port = 8080;

/**
 * Apicurio Registry, in a container of its own that starts when it is first held. It keeps schemas in memory: a restart
 * or a kill loses them. With `AIWORK_SCHEMA_REGISTRY_URL` in the environment, the registry of that URL instead: then it can
 * be neither restarted nor killed.
 *
 * @example
 * ```ts no-run: needs a container engine
 * import { schemaRegistryService } from '@aiwork/contract-tests/services';
 *
 * await using held = await schemaRegistryService().hold();
 * console.log(await (await fetch(`${held.service.url}/subjects`)).json()); // []
 * ```
 * @since 0.1.0
 */
export function schemaRegistryService(options: ServiceOptions = {}): ServiceSource<SchemaRegistryService> {
  return serviceSource('schema registry', () => {
    const url = externalUrl(variable, { 'http:': 80, 'https:': 443 });
    return url ? useRegistry(url) : startRegistry(options);
  });
}

async function startRegistry({ progress = toStderr }: ServiceOptions): Promise<SchemaRegistryService> {
  const at = (address: Address) => `http://${address.host}:${address.port}/apis/ccompat/v7`;
  const container = await startContainer(
    {
      image: {
        folder: 'schema-registry',
        label: 'schema registry',
        image: 'apicurio/apicurio-registry-mem:2.6.13.Final',
        variable: 'AIWORK_SCHEMA_REGISTRY_IMAGE',
      },
      ports: [port],
      settings: () => ({}),
      probe: (address) => greet(at(address)),
      startTimeoutMs: 60_000,
      stopTimeoutMs: 20_000,
    },
    progress,
  );
  const { image, addresses, restart, kill, close } = container;
  const [address] = addresses;
  const version = /apicurio-registry-app (\S+)/.exec(await container.log())?.[1] ?? 'unknown';
  const facts = { name: 'apicurio-registry', version, image, settings: { storage: 'memory' } };
  return { facts, address, url: at(address), urlAt: at, restart, kill, close };
}

async function useRegistry(url: URL): Promise<SchemaRegistryService> {
  const withoutSlash = (href: string) => href.replace(/\/$/, '');
  await greet(withoutSlash(url.href));
  return {
    facts: { name: 'schema-registry', version: 'unknown', settings: {} },
    address: addressOf(url),
    url: withoutSlash(url.href),
    urlAt: (other) => withoutSlash(urlAt(url, other)),
    close: () => Promise.resolve(),
  };
}

/** Resolves when it lists what it has. */
async function greet(url: string): Promise<void> {
  const { ok, status } = await fetch(`${url}/subjects`, { signal: AbortSignal.timeout(5000) });
  if (!ok) throw new Error(`no schema registry answers at ${url}: status ${status}`);
}

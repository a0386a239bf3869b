import type { Address } from '../../engine/address.ts';
import { type Service, type ServiceSource, serviceSource } from '../../engine/service.ts';
import { startContainer } from '../containers/container.ts';
import { type ServiceOptions, toStderr } from '../containers/progress.ts';
import { getText } from '../get-text.ts';
import { addressOf, externalUrl, urlAt } from '../service-url.ts';

/** @since 0.1.0 */
export interface S3ServiceOptions extends ServiceOptions {
  /** The secret of the only user. Default `aiwork-secret`. */
  readonly secretAccessKey?: string;
}

/** @since 0.1.0 */
export interface S3Service extends Service {
  /** Where its API begins, such as `http://127.0.0.1:20100`. */
  readonly endpoint: string;
  /** The endpoint of the same server, reached by another address, such as that of a link. */
  endpointAt(address: Address): string;
  /** A bucket that is there. */
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const variable = 'AIWORK_S3_URL';
const port = 7070;
const name = 'aiwork';
const folder = '/tmp/vgw';
const region = 'us-east-1';
/** Names under it are buckets, as in `aiwork.localhost`. */
const virtualDomain = 'localhost';

/**
 * An S3 server, in a container of its own that starts when it is first held, with one user and one bucket: the Versity S3
 * Gateway over a folder. Its buckets are asked for by path, and by name under `localhost`. With `AIWORK_S3_URL` in the
 * environment, the server and the bucket of that URL instead: then it can be neither restarted nor killed.
 *
 * @example
 * ```ts no-run: needs a container engine
 * import { s3Service } from '@aiwork/contract-tests/services';
 *
 * await using held = await s3Service().hold();
 * console.log(held.service.endpoint, held.service.bucket);
 * await held.service.kill?.();
 * ```
 * @since 0.1.0
 */
export function s3Service(options: S3ServiceOptions = {}): ServiceSource<S3Service> {
  return serviceSource('S3', () => {
    const url = externalUrl(variable, { 'http:': 80, 'https:': 443 });
    return url ? useS3(url) : startS3(options);
  });
}

async function startS3(options: S3ServiceOptions): Promise<S3Service> {
  const { secretAccessKey = 'aiwork-secret', progress = toStderr } = options;
  const endpointAt = ({ host, port }: Address) => `http://${host}:${port}`;
  const container = await startContainer(
    {
      image: {
        folder: 's3',
        label: 'Versity S3 Gateway',
        image: 'versity/versitygw:v1.8.0',
        variable: 'AIWORK_S3_IMAGE',
      },
      ports: [port],
      settings: () => ({
        environment: {
          ROOT_ACCESS_KEY_ID: name,
          ROOT_SECRET_ACCESS_KEY: secretAccessKey,
          VGW_BACKEND: 'posix',
          VGW_BACKEND_ARG: folder,
          VGW_PORT: `:${port}`,
          VGW_REGION: region,
          VGW_HEALTH: '/health',
          VGW_KEEP_ALIVE: 'true',
          VGW_QUIET: 'true',
          VGW_VIRTUAL_DOMAIN: virtualDomain,
        },
      }),
      probe: (address) => getText(`${endpointAt(address)}/health`),
      startTimeoutMs: 30_000,
      stopTimeoutMs: 10_000,
    },
    progress,
  );
  const { image, addresses, restart, kill, close } = container;
  const [address] = addresses;
  // A folder is a bucket.
  await container.run(['mkdir', '-p', `${folder}/${name}`]);
  const version = /\d+(\.\d+)+/.exec(await container.run(['versitygw', '--version']))?.[0] ?? 'unknown';
  return {
    facts: { name: 'versitygw', version, image, settings: { backend: 'posix' } },
    address,
    endpoint: endpointAt(address),
    endpointAt,
    bucket: name,
    region,
    accessKeyId: name,
    secretAccessKey,
    restart,
    kill,
    close,
  };
}

function useS3(url: URL): Promise<S3Service> {
  const { username, password, pathname } = url;
  const bucket = /^\/([^/]+)\/?$/.exec(pathname)?.[1];
  if (!username || !password || !bucket) {
    throw new TypeError(
      `${variable} names no user, secret and bucket: write https://user:secret@host/bucket`,
    );
  }
  const address = addressOf(url);
  const endpointAt = (other: Address) => new URL(urlAt(url, other)).origin;
  return Promise.resolve({
    facts: { name: 's3', version: 'unknown', settings: {} },
    address,
    endpoint: url.origin,
    endpointAt,
    bucket,
    region: process.env['AWS_REGION'] ?? region,
    accessKeyId: decodeURIComponent(username),
    secretAccessKey: decodeURIComponent(password),
    close: () => Promise.resolve(),
  });
}

import { isIP } from 'node:net';
import { invalidArgument } from '@aiwork/core/adapter-kit';

interface BucketPlace {
  readonly bucket: string;
  readonly endpoint?: string;
  readonly bucketIn?: 'host' | 'path';
}

/** Where the objects of a bucket are; ends with a slash. */
export function bucketUrl(
  { bucket, endpoint, bucketIn = endpoint === undefined ? 'host' : 'path' }: BucketPlace,
  region: string,
): string {
  if (
    typeof bucket !== 'string' ||
    !/^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/.test(bucket) ||
    bucket.includes('..')
  ) {
    throw invalidArgument(
      `bucket is ${JSON.stringify(bucket)}: give 3 to 63 lower case letters, digits, "-" and ".", as S3 asks for`,
    );
  }
  const url = endpointUrl(
    endpoint ?? `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
  );
  if (bucketIn === 'path') return `${url.href}${bucket}/`;
  if (bucketIn !== 'host') {
    throw invalidArgument(`bucketIn is ${JSON.stringify(bucketIn)}: give "host" or "path"`);
  }
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) {
    throw invalidArgument(
      `endpoint has the number of a host, in which no bucket can be named: give bucketIn: 'path'`,
    );
  }
  if (url.protocol === 'https:' && bucket.includes('.')) {
    throw invalidArgument(
      `bucket is "${bucket}", for which no certificate of the endpoint is valid when its dots are in the host: give bucketIn: 'path'`,
    );
  }
  url.hostname = `${bucket}.${url.hostname}`;
  return url.href;
}

/** The message leaves out what was given, which may hold a password. */
function endpointUrl(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const isPlain =
    url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
  if (!isPlain) {
    throw invalidArgument(
      'endpoint is no URL of http or https, or has more than a host and a path: give one such as "https://minio.internal:9000", and keys as credentials',
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

import { checkWellFormed, defaultMaxKeyBytes, invalidArgument, limitOption } from '@aiwork/core/adapter-kit';
import { bucketUrl } from './bucket-url.ts';

/** What requests are signed with. @since 0.1.0 */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of credentials that end, such as those of a role. */
  readonly sessionToken?: string | undefined;
}

/** @since 0.1.0 */
export interface S3CacheOptions {
  /** The bucket, which has to be there. */
  readonly bucket: string;
  /** Default: the variable `AWS_REGION`, else `us-east-1`. Servers of other makers often take any. */
  readonly region?: string;
  /** Where the API begins, such as `https://minio.internal:9000`. Default: that of AWS for the region. */
  readonly endpoint?: string;
  /**
   * Where the bucket is named: in the `path`, as most other servers want it, or in the `host`, as AWS does. Default: in the
   * path when there is an `endpoint`, else in the host.
   */
  readonly bucketIn?: 'host' | 'path';
  /**
   * Or a function that gives those of now, asked before each request, such as `fromNodeProviderChain()` of
   * `@aws-sdk/credential-providers`. Default: the variables `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and
   * `AWS_SESSION_TOKEN`.
   */
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials>);
  /** Keeps apart those who share a bucket: nothing of one namespace is seen in another. Default `default`. */
  readonly namespace?: string;
  /**
   * What the name of every object begins with, for policies and lifecycle rules: letters, digits and `/`, `-`, `_`, `.`.
   * Default `aiwork/`.
   */
  readonly keyPrefix?: string;
  /** How long a call may take, in milliseconds. Default 10,000. */
  readonly callTimeoutMs?: number;
  /** Longest key, in bytes of UTF-8. Default 16,384. */
  readonly maxKeyBytes?: number;
  /** Largest value. Default 16 MiB. */
  readonly maxValueBytes?: number;
  /** The clock times to live are measured by, in milliseconds since the Unix epoch. Default `Date.now`. */
  readonly now?: () => number;
}

export interface S3Settings {
  /** The bucket; ends with a slash. */
  readonly url: string;
  /** The bucket in words, without a secret. */
  readonly where: string;
  readonly region: string;
  readonly credentials: () => Promise<S3Credentials>;
  readonly namespace: string;
  readonly keyPrefix: string;
  readonly callTimeoutMs: number;
  readonly maxKeyBytes: number;
  readonly maxValueBytes: number;
  readonly now: () => number;
}

/** @throws `AIWORK_INVALID_ARGUMENT`, naming the option. */
export function s3Settings(options: S3CacheOptions): S3Settings {
  const { bucket, namespace = 'default', keyPrefix = 'aiwork/', now = Date.now } = options;
  const region = options.region ?? (process.env['AWS_REGION'] || 'us-east-1');
  if (!/^[\w-]+$/.test(region)) {
    throw invalidArgument(`region is ${JSON.stringify(region)}: give one such as "eu-central-1"`);
  }
  if (!/^[\w./-]*$/.test(keyPrefix) || /^\/|\/\/|(^|\/)\.\.?(\/|$)/.test(keyPrefix)) {
    throw invalidArgument(
      `keyPrefix is ${JSON.stringify(keyPrefix)}: give letters, digits, "/", "-", "_" and ".", with no slash at the beginning, and nothing empty, "." or ".." between slashes`,
    );
  }
  checkWellFormed(namespace, 'the namespace');
  const url = bucketUrl(options, region);
  return {
    url,
    where: `the bucket ${bucket} at ${new URL(url).host}`,
    region,
    credentials: credentialsOf(options.credentials ?? environmentCredentials()),
    namespace,
    keyPrefix,
    callTimeoutMs: timeOption(options.callTimeoutMs, 'callTimeoutMs', 10_000),
    maxKeyBytes: limitOption(options.maxKeyBytes, 'maxKeyBytes', defaultMaxKeyBytes),
    maxValueBytes: limitOption(options.maxValueBytes, 'maxValueBytes', 16 << 20),
    now,
  };
}

function credentialsOf(given: S3Credentials | (() => Promise<S3Credentials>)): () => Promise<S3Credentials> {
  if (typeof given === 'function') return async () => checkCredentials(await given());
  const credentials = checkCredentials(given);
  return async () => credentials;
}

function checkCredentials(credentials: S3Credentials): S3Credentials {
  const { accessKeyId, secretAccessKey } = credentials;
  if (accessKeyId && secretAccessKey) return credentials;
  throw invalidArgument(
    'credentials lack an accessKeyId or a secretAccessKey: give both, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
  );
}

function environmentCredentials(): S3Credentials {
  const { env } = process;
  return {
    accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '',
    secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] ?? '',
    sessionToken: env['AWS_SESSION_TOKEN'],
  };
}

/** A number of milliseconds from 1 up to what timers can count. */
function timeOption(value: number | undefined, name: string, standard: number): number {
  if (value === undefined) return standard;
  if (Number.isInteger(value) && value > 0 && value <= 0x7fffffff) return value;
  throw invalidArgument(
    `${name} is ${JSON.stringify(value)}: give a whole number of milliseconds greater than 0`,
  );
}

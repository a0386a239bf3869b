import { AiworkError } from '@aiwork/core';

/** Where Airflow is, and how to sign in: with a name and password, or with a token. @since 0.1.0 */
export interface AirflowClientOptions {
  /** The server, with the path that it is served under, if any: `https://airflow.example.org`. Without credentials. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Sent as `Bearer`; a function is asked for each request, for tokens that expire. */
  readonly token?: string | (() => string | Promise<string>);
  /** How long one request may take, in milliseconds. Default 30,000. */
  readonly requestTimeoutMs?: number;
  /** The largest answer that is read, in bytes. Default 64 MiB. */
  readonly maxAnswerBytes?: number;
}

/** The options, checked, with their defaults. */
export interface ClientSettings {
  /** Without a slash at its end. */
  readonly url: string;
  readonly credentials: Credentials;
  /** What no message may show. */
  readonly secrets: readonly string[];
  readonly requestTimeoutMs: number;
  readonly maxAnswerBytes: number;
}

export type Credentials =
  | { readonly username: string; readonly password: string }
  | { readonly token: () => string | Promise<string> }
  | undefined;

const known = ['url', 'username', 'password', 'token', 'requestTimeoutMs', 'maxAnswerBytes'];

/** @throws `AIWORK_INVALID_ARGUMENT`, which shows no credentials. */
export function clientSettings(options: AirflowClientOptions): ClientSettings {
  const unknown = Object.keys(options).find((option) => !known.includes(option));
  if (unknown !== undefined)
    throw invalid(`there is no option "${unknown}": the client has ${known.join(', ')}`);
  return {
    url: serverUrl(options.url),
    credentials: credentialsOf(options),
    secrets: [options.password, options.token].flatMap((one) =>
      typeof one === 'string' && one ? [one] : [],
    ),
    requestTimeoutMs: positive('requestTimeoutMs', options.requestTimeoutMs ?? 30_000),
    maxAnswerBytes: positive('maxAnswerBytes', options.maxAnswerBytes ?? 64 * 1024 * 1024),
  };
}

function serverUrl(text: unknown): string {
  const url = typeof text === 'string' ? URL.parse(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw invalid('url is no address of a server: give one as in https://airflow.example.org');
  }
  // A URL is logged: what signs in is given beside it.
  if (url.username || url.password)
    throw invalid('url holds credentials: give them as username and password');
  if (url.search || url.hash) throw invalid('url has a query or fragment: leave it out');
  return url.href.replace(/\/+$/, '');
}

function credentialsOf({ username, password, token }: AirflowClientOptions): Credentials {
  if (token !== undefined) {
    if (username !== undefined || password !== undefined)
      throw invalid('both a token and a username or password are given: give one of them');
    return { token: typeof token === 'function' ? token : () => token };
  }
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined || password === undefined)
    throw invalid('of username and password one is missing: give both');
  return { username, password };
}

function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw invalid(`${name} is ${value}: give a number above 0`);
}

const invalid = (message: string) =>
  new AiworkError('AIWORK_INVALID_ARGUMENT', `airflowClient: ${message}`, { outcome: 'not-applied' });

import { ClientError } from './client-error.ts';

/** Where a server is, and how it is asked. @since 0.1.0 */
export interface ClientOptions {
  /** Where the routes of the server begin, as in `https://work.example.org` or `https://example.org/work`. */
  readonly url: string;
  /** A key or token for the server, or what gives one for each request. Default: none is sent. */
  readonly token?: string | (() => string | Promise<string>);
  /** What sends requests, instead of the `fetch` of the platform. */
  readonly fetch?: typeof globalThis.fetch;
  /** How long a call may take, with all its attempts, in milliseconds; those that wait for an end take longer. Default 30,000. */
  readonly timeoutMs?: number;
  /**
   * How long the server may be out of reach while an execution is watched or waited for, in milliseconds: longer than it
   * takes to restart. Default 60,000.
   */
  readonly maxOutageMs?: number;
}

/** {@link ClientOptions}, checked and complete. */
export interface Settings {
  /** Without a slash at its end. */
  readonly url: string;
  readonly timeoutMs: number;
  readonly maxOutageMs: number;
  /** How long the server is to wait for an end: what is left of the time for a call is for its answer. */
  readonly waitSeconds: number;
  /** How long an event stream may say nothing. */
  readonly silenceMs: number;
  readonly fetch: typeof globalThis.fetch;
  /** @throws `AIWORK_INVALID_ARGUMENT` when the token cannot be sent; the token is not in it. */
  authorization(): Promise<Readonly<Record<string, string>>>;
}

/** @throws `AIWORK_INVALID_ARGUMENT` saying which option cannot be used. */
export function settingsOf(options: ClientOptions): Settings {
  const { timeoutMs = 30_000, maxOutageMs = 60_000, token } = options;
  return {
    url: checkUrl(options.url),
    timeoutMs: checkMs(timeoutMs, 'timeoutMs'),
    maxOutageMs: checkMs(maxOutageMs, 'maxOutageMs'),
    waitSeconds: Math.floor((timeoutMs * 2) / 3 / 1000),
    silenceMs: 45_000,
    // Looked up for each request: what replaces it later, such as instrumentation, is used.
    fetch: options.fetch ?? ((...request) => globalThis.fetch(...request)),
    async authorization() {
      if (token === undefined) return {};
      const text = typeof token === 'string' ? token : await tokenOf(token);
      // What cannot stand in a header would be shown in the error of fetch.
      if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text)) {
        throw invalid('token is not visible ASCII text: give it without quotes, blanks and line breaks');
      }
      return { authorization: `Bearer ${text}` };
    },
  };
}

async function tokenOf(give: () => string | Promise<string>): Promise<string> {
  try {
    return await give();
  } catch (cause) {
    throw new ClientError('AIWORK_UNAUTHENTICATED', 'the function that was given as token gave none', {
      cause,
      outcome: 'not-applied',
    });
  }
}

function checkUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw invalid(`url is ${JSON.stringify(given)}: give one that begins with http:// or https://`);
  }
  if (url.username !== '' || url.password !== '') {
    throw invalid('url holds a user name or password: leave them out, and give a token');
  }
  if (url.search !== '' || url.hash !== '') throw invalid('url has a query or fragment: leave it out');
  return url.href.replace(/\/+$/, '');
}

function checkMs(value: number, name: string): number {
  if (Number.isFinite(value) && value > 0 && value <= 2 ** 31 - 1) return value;
  throw invalid(`${name} is ${value}: give milliseconds, more than 0 and less than 25 days`);
}

const invalid = (message: string) =>
  new ClientError('AIWORK_INVALID_ARGUMENT', message, { outcome: 'not-applied' });

import { AiworkError } from '@aiwork/core';
import { orCancelled } from '@aiwork/core/adapter-kit';
import type { ClientSettings } from './client-options.ts';
import { type Fields, fieldsOf, listOf, numberOf, textOf, unexpected } from './json-fields.ts';
import { type RestAnswer, type RestRequest, sendRequest } from './rest-request.ts';

/** The REST API of whichever Airflow it is, signed in. */
export interface RestApi {
  readonly version: string;
  /** 1 with Airflow 2, 2 with Airflow 3. */
  readonly major: 1 | 2;
  /** What the server answers, whatever its status, as long as it is not out of order. `path` is one within the API. */
  ask(request: RestRequest): Promise<RestAnswer>;
  /** The answer to a request that has to succeed. @throws what {@link refusal} makes of another one. */
  get(path: string, what: string, signal: AbortSignal | undefined): Promise<Fields>;
  /** Every entry of a listing, over its pages. */
  list(
    path: string,
    field: string,
    what: string,
    signal: AbortSignal | undefined,
  ): Promise<readonly Fields[]>;
}

const pageSize = 100;

/** Asks which Airflow it is, and signs in as that one wants. */
export async function openRestApi(settings: ClientSettings): Promise<RestApi> {
  const { version, major } = await findVersion(settings);
  const authorization = major === 2 ? signIn(settings) : signEach(settings);

  async function ask(request: RestRequest): Promise<RestAnswer> {
    const send = async (authorized: string | undefined) =>
      sendRequest(settings, {
        ...request,
        path: `/api/v${major}${request.path}`,
        ...(authorized !== undefined && { headers: { authorization: authorized } }),
      });
    const answer = await send(await authorization(request.signal, 'known'));
    // A token that was fetched has its time.
    const last =
      answer.status === 401 && major === 2 && settings.credentials && 'username' in settings.credentials
        ? await send(await authorization(request.signal, 'fresh'))
        : answer;
    throwIfAway(settings, request, last);
    return last;
  }

  async function get(path: string, what: string, own: AbortSignal | undefined): Promise<Fields> {
    const answer = await ask({ path, ...(own && { signal: own }) });
    if (answer.status !== 200) throw refusal(settings, what, answer);
    return fieldsOf(answer.body, what);
  }

  return {
    version,
    major,
    ask,
    get,
    async list(path, field, what, own) {
      const entries: Fields[] = [];
      for (;;) {
        const separator = path.includes('?') ? '&' : '?';
        const page = await get(`${path}${separator}limit=${pageSize}&offset=${entries.length}`, what, own);
        const found = listOf(page[field], what);
        entries.push(...found);
        const total =
          'total_entries' in page
            ? numberOf(page['total_entries'], `total_entries of ${what}`)
            : entries.length;
        if (entries.length >= total || found.length === 0) return entries;
      }
    },
  };
}

async function findVersion(settings: ClientSettings) {
  for (const major of [2, 1] as const) {
    const path = `/api/v${major}/version`;
    const answer = await sendRequest(settings, { path });
    throwIfAway(settings, { path }, answer);
    if (answer.status !== 200) continue;
    const version = textOf(fieldsOf(answer.body, 'the version')['version'], 'the version');
    return { version, major };
  }
  throw unexpected(`neither /api/v2/version nor /api/v1/version is at ${settings.url}`);
}

type Authorization = (
  signal: AbortSignal | undefined,
  token: 'known' | 'fresh',
) => Promise<string | undefined>;

/** Airflow 2 is sent the name and password with each request. */
function signEach({ credentials }: ClientSettings): Authorization {
  return async () => {
    if (!credentials) return undefined;
    if ('token' in credentials) return `Bearer ${await credentials.token()}`;
    const { username, password } = credentials;
    return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  };
}

/** Airflow 3 gives a token for them. */
function signIn(settings: ClientSettings): Authorization {
  const { credentials } = settings;
  let fetching: Promise<string> | undefined;

  async function fetchToken(username: string, password: string) {
    const path = '/auth/token';
    const answer = await sendRequest(settings, { path, method: 'POST', body: { username, password } });
    throwIfAway(settings, { path }, answer);
    if (answer.status >= 300) throw refusal(settings, `signing in as "${username}"`, answer);
    return textOf(fieldsOf(answer.body, 'the token')['access_token'], 'access_token');
  }

  return async (signal, token) => {
    if (!credentials) return undefined;
    if ('token' in credentials) return `Bearer ${await credentials.token()}`;
    if (token === 'fresh') fetching = undefined;
    fetching ??= fetchToken(credentials.username, credentials.password).catch((error: unknown) => {
      fetching = undefined;
      throw error;
    });
    return `Bearer ${await orCancelled(fetching, signal)}`;
  };
}

/** 429 and 5xx are no answers to what was asked. */
function throwIfAway(
  settings: ClientSettings,
  { method = 'GET', path }: RestRequest,
  answer: RestAnswer,
): void {
  const { status, retryAfterMs } = answer;
  if (status !== 429 && status < 500) return;
  throw new AiworkError(
    'AIWORK_AIRFLOW_UNAVAILABLE',
    `Airflow at ${settings.url} answered ${method} ${path} with ${status}${said(settings, answer)}`,
    {
      retryable: true,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(method !== 'GET' && { outcome: status === 429 ? 'not-applied' : 'unknown' }),
    },
  );
}

/** The error of an answer that says no. */
export function refusal(settings: ClientSettings, what: string, answer: RestAnswer): AiworkError {
  const { status } = answer;
  const advice =
    status === 401
      ? ': give a username and password, or a token, that it knows'
      : status === 403
        ? ': the user is not allowed to'
        : status >= 300 && status < 400
          ? ': it wants to be asked elsewhere; give that url'
          : '';
  return new AiworkError(
    status === 404 ? 'AIWORK_AIRFLOW_NOT_FOUND' : 'AIWORK_AIRFLOW_REFUSED',
    `Airflow at ${settings.url} answered ${what} with ${status}${advice}${said(settings, answer)}`,
    { outcome: 'not-applied' },
  );
}

const maxSaid = 300;

/** What the server says, as far as it says it in a few words; nothing of what it was signed in with. */
function said({ secrets }: ClientSettings, { body }: RestAnswer): string {
  const fields = typeof body === 'object' && body !== null ? (body as Fields) : {};
  const detail = fields['detail'] ?? fields['title'];
  if (detail === undefined || detail === null) return '';
  const text = (typeof detail === 'string' ? detail : JSON.stringify(detail)).replaceAll(/\s+/g, ' ');
  const clean = secrets.reduce((shown, secret) => shown.replaceAll(secret, '…'), text);
  return `: ${clean.length > maxSaid ? `${clean.slice(0, maxSaid)}…` : clean}`;
}

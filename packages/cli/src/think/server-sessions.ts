import { AiworkError, type ErrorCode, type Page } from '@aiwork/core';
import type { ListOptions, StoredThought, ThinkingSession } from '@aiwork/thinking/store';
import type { Place } from '../runs/place.ts';
import { serverToken } from '../runs/server/server-client.ts';
import { UsageError } from '../usage-error.ts';
import type { KeptSessions } from './session-place.ts';

/** The sessions that a server keeps for whoever asks. */
export function serverSessions(place: Place): KeptSessions {
  const token = serverToken(place);
  const base = baseOf(place.server ?? '');

  async function ask<T>(path: string, { method = 'GET' } = {}): Promise<T | undefined> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const url = new URL(path, base);
    const response = await fetch(url, { method, headers }).catch((cause: unknown) => {
      throw new AiworkError('AIWORK_SERVER_UNAVAILABLE', `${base.origin} cannot be reached`, {
        cause,
        retryable: true,
      });
    });
    if (response.ok) return response.status === 204 ? undefined : ((await response.json()) as T);
    const { code, detail } = await problemOf(response);
    if (code === 'AIWORK_SESSION_NOT_FOUND') return undefined;
    throw new AiworkError(
      code ?? 'AIWORK_SERVER_FAILED',
      detail ?? `${base.origin} answered ${response.status}: it may not serve thinking, or keep no sessions`,
    );
  }

  const pathOf = (id: string) => `think/sessions/${encodeURIComponent(id)}`;
  return {
    session: (id) => ask<ThinkingSession>(pathOf(id)),
    sessions: async (options = {}) =>
      (await ask<Page<ThinkingSession>>(`think/sessions?${queryOf(options)}`)) ?? { items: [] },
    thoughts: async (id, options = {}) =>
      (await ask<Page<StoredThought>>(`${pathOf(id)}/thoughts?${queryOf(options)}`)) ?? { items: [] },
    async deleteSession(id) {
      if ((await ask(pathOf(id))) === undefined) return false;
      await ask(pathOf(id), { method: 'DELETE' });
      return true;
    },
    async [Symbol.asyncDispose]() {},
  };
}

function baseOf(server: string): URL {
  const url = URL.parse(server.endsWith('/') ? server : `${server}/`);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new UsageError(`--server cannot be used: ${JSON.stringify(server)} is no http: or https: URL`);
}

const queryOf = ({ limit, cursor }: ListOptions) =>
  new URLSearchParams({ ...(limit !== undefined && { limit: String(limit) }), ...(cursor && { cursor }) });

async function problemOf(
  response: Response,
): Promise<{ readonly code?: ErrorCode; readonly detail?: string }> {
  const body: unknown = await response.json().catch(() => undefined);
  return typeof body === 'object' && body !== null ? body : {};
}

import { AiworkError } from '@aiwork/core';
import { downloadFailed } from './download-failed.ts';
import type { PackageIndex } from './pip-settings.ts';

/** How long a server may be silent, in milliseconds. */
const silenceMs = 60_000;

export interface Answer extends AsyncDisposable {
  readonly status: number;
  readonly url: string;
  readonly headers: Headers;
  /** The body, chunk by chunk. Fails when the server falls silent. */
  chunks(): AsyncGenerator<Uint8Array>;
}

export interface RequestOptions {
  readonly index: PackageIndex;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

function reasonOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : {};
  return cause instanceof Error ? cause.message || String(cause) : String(error);
}

/** Asks for a file of a package index. The password goes to the index alone, not to where it keeps its files. */
export async function request(url: string, { index, headers, signal }: RequestOptions): Promise<Answer> {
  const { origin, host } = new URL(url);
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), silenceMs);
  const explain = (error: unknown): AiworkError => {
    if (signal?.aborted) {
      return new AiworkError('AIWORK_CANCELLED', 'the download was aborted', { cause: signal.reason });
    }
    const why = silence.signal.aborted ? `it was silent for ${silenceMs / 1000} seconds` : reasonOf(error);
    return downloadFailed(
      `${host} cannot be reached: ${why}. Behind a proxy set NODE_USE_ENV_PROXY=1, for a certificate of your own NODE_EXTRA_CA_CERTS, for another package index PIP_INDEX_URL`,
      { cause: error, retryable: true },
    );
  };
  const allowed = index.authorization !== undefined && origin === new URL(index.url).origin;
  const sent = { ...headers, ...(allowed && { authorization: index.authorization }) };
  let response: Response;
  try {
    response = await fetch(url, {
      headers: sent,
      signal: AbortSignal.any([silence.signal, ...(signal ? [signal] : [])]),
    });
  } catch (error) {
    clearTimeout(timer);
    throw explain(error);
  }
  return {
    status: response.status,
    url: response.url,
    headers: response.headers,
    async *chunks() {
      try {
        for await (const chunk of response.body ?? []) {
          timer.refresh();
          yield chunk;
        }
      } catch (error) {
        throw explain(error);
      } finally {
        clearTimeout(timer);
      }
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      if (!response.bodyUsed) await response.body?.cancel();
    },
  };
}

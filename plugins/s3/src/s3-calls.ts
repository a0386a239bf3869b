import { AiworkError } from '@aiwork/core';
import { abortedWhile, checkSignal, untilAborted } from '@aiwork/core/adapter-kit';
import { createSigner } from './create-signer.ts';
import type { S3Settings } from './options.ts';
import { isNoBucket, isUnreachable, noAnswer, refusedBy, tooLarge } from './s3-errors.ts';

/** One request about one object. */
export interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  /** The name of the object, of characters that a URL takes as they are. */
  readonly object: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
  /** Statuses that mean something to the caller; any other is an error. */
  readonly expected: readonly number[];
}

export interface S3Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

/**
 * Does `work`, whose requests end together after the time that a call may take. `what` is what the bucket is asked to do.
 *
 * @throws `AIWORK_STORE_FAILED`, `AIWORK_STORE_BUSY`, `AIWORK_CANCELLED`, with `outcome: 'unknown'` once something may have
 * been written.
 */
export type S3Call = <T>(
  what: string,
  signal: AbortSignal | undefined,
  work: (send: (request: S3Request) => Promise<S3Answer>) => Promise<T>,
) => Promise<T>;

/** What errors say beside the status, and no more of a page that something in between answers with. */
const maxErrorBytes = 65_536;

export function createS3Calls(settings: S3Settings): S3Call {
  const { where, url, callTimeoutMs, maxValueBytes } = settings;
  const sign = createSigner(settings);

  return async (what, signal, work) => {
    checkSignal(signal);
    let outcome: 'not-applied' | 'unknown' = 'not-applied';
    const ending = new AbortController();
    const end = () => ending.abort();
    const timer = setTimeout(end, callTimeoutMs);
    signal?.addEventListener('abort', end, { once: true });

    async function exchange({ method, object, headers = {}, body, expected }: S3Request): Promise<S3Answer> {
      const signing = sign({ method, url: `${url}${object}`, headers, body });
      // Whoever gives the credentials may be silent.
      const signed = await untilAborted(signing, ending.signal);
      ending.signal.throwIfAborted();
      if (method === 'PUT') outcome = 'unknown';
      const response = await fetch(signed.url, {
        method,
        headers: signed.headers,
        // What is signed for one server does not follow to wherever it says.
        redirect: 'manual',
        signal: ending.signal,
        ...(body && { body }),
      });
      const { status } = response;
      const answer = await readBytes(response, status === 200 ? maxValueBytes : maxErrorBytes);
      if (status === 200 && answer === undefined) throw tooLarge(where, maxValueBytes);
      if (!expected.includes(status) || (status === 404 && isNoBucket(answer))) {
        throw refusedBy(where, what, status, response.headers, answer);
      }
      // Whoever says no has done nothing.
      if (status !== 200) outcome = 'not-applied';
      return { status, headers: response.headers, body: answer ?? new Uint8Array() };
    }

    async function send(request: S3Request): Promise<S3Answer> {
      try {
        return await exchange(request);
      } catch (error) {
        // A connection that was kept may be gone when it is used again; reading twice harms nobody.
        const isLost = !AiworkError.isInstance(error) && !ending.signal.aborted;
        if (isLost && isUnreachable(error)) outcome = 'not-applied';
        if (!isLost || request.method === 'PUT' || isUnreachable(error)) throw error;
        return exchange(request);
      }
    }

    try {
      return await work(send);
    } catch (error) {
      if (AiworkError.isInstance(error)) throw error;
      if (signal?.aborted) throw abortedWhile(where, what, { outcome, cause: signal.reason });
      throw noAnswer(where, what, ending.signal.aborted ? `within ${callTimeoutMs} ms` : error, outcome);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    }
  };
}

/** The whole body; `undefined` when it has more than `maxBytes`. */
async function readBytes(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!response.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.byteLength;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

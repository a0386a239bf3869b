import type { Random } from '../seeded-random.fixture.ts';

/** Bytes that somebody sends who means no good, and how they may be answered. */
export interface MalformedRequest {
  /** Sent one after the other. */
  readonly parts: readonly Buffer[];
  /** Whether the client ends after them; else it waits until the server closes the connection. */
  readonly ends: boolean;
  /**
   * How it may be answered; `none` where the connection may be closed without a word. Of several requests in one, the
   * first.
   */
  readonly answers: readonly (number | 'none')[];
}

/** Makes requests of one kind. `waiting` is an execution that waits, and may be asked about. */
export type Attack = (random: Random, waiting: string) => MalformedRequest;

const bytes = (text: string | Buffer) => (typeof text === 'string' ? Buffer.from(text, 'latin1') : text);

/** A request that is whole, as far as its framing says, and its answers. */
export function whole(
  answers: MalformedRequest['answers'],
  ...parts: readonly (string | Buffer)[]
): MalformedRequest {
  return { parts: parts.map(bytes), ends: false, answers };
}

/** One after which a server could wait for more: the client ends it. */
export function unfinished(
  answers: MalformedRequest['answers'],
  ...parts: readonly (string | Buffer)[]
): MalformedRequest {
  return { parts: parts.map(bytes), ends: true, answers };
}

export const host = 'host: target\r\nconnection: close\r\n';

/** A body with a right length. */
export function post(
  path: string,
  body: string | Buffer,
  headers = 'content-type: application/json\r\n',
): Buffer {
  const content = typeof body === 'string' ? Buffer.from(body) : body;
  const head = `POST ${path} HTTP/1.1\r\n${host}${headers}content-length: ${content.length}\r\n\r\n`;
  return Buffer.concat([bytes(head), content]);
}

export const get = (target: string, headers = '') => `GET ${target} HTTP/1.1\r\n${host}${headers}\r\n`;

import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChatDialect, ProviderError, ProviderReply, ProviderRequest } from './provider-reply.ts';

/** How a stream is handed to the network. @since 0.1.0 */
export interface Delivery {
  /** Most bytes in a piece, wherever that cuts a character. Default: an event in each piece. */
  readonly pieceBytes?: number;
  /** Default: line feeds. */
  readonly lineEnd?: '\n' | '\r\n';
  /** Whether something that keeps the connection alive comes before each event. Default `false`. */
  readonly keepAlives?: boolean;
}

/** A request that is being answered. @since 0.1.0 */
export interface Exchange {
  readonly request: ProviderRequest;
  /** The id that the response carries. */
  readonly requestId: string;
  /** What it was signed with. */
  readonly key: string | undefined;
  /** Begins a stream with status 200. */
  begin(): Promise<void>;
  /** Resolves when the network has room for more, or the connection is over. */
  send(part: string | Uint8Array): Promise<void>;
  /** The whole stream, with its end. */
  stream(reply: ProviderReply, delivery?: Delivery): Promise<void>;
  /** The stream of a reply, an entry for each event. */
  events(reply: ProviderReply): readonly string[];
  /** Ends the stream, in order and whether or not it is whole. */
  end(): void;
  /** Breaks the connection off. */
  cut(): void;
  fail(error: ProviderError): void;
  /** Answers with anything. */
  answer(status: number, contentType: string, body: string): void;
  /** Whether the client still listens, and the stream has not ended. */
  isOpen(): boolean;
  /** Who closed the connection. */
  readonly closed: Promise<'client' | 'server'>;
}

/** @since 0.1.0 */
export interface ExchangeParts {
  readonly dialect: ChatDialect;
  readonly request: ProviderRequest;
  readonly requestId: string;
  readonly key: string | undefined;
}

export function createExchange(
  incoming: IncomingMessage,
  response: ServerResponse,
  { dialect, request, requestId, key }: ExchangeParts,
): Exchange {
  let over = false;
  const closed = once(response, 'close').then(() => (over ? 'server' : 'client'));
  const events = (reply: ProviderReply) => dialect.events(reply, request);
  const idHeader = { [dialect.requestIdHeader]: requestId };

  const isOpen = () => !over && !response.closed && !response.destroyed;

  async function send(part: string | Uint8Array): Promise<void> {
    if (!isOpen()) return;
    if (!response.write(part)) await Promise.race([once(response, 'drain'), closed]);
  }

  async function begin(): Promise<void> {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', ...idHeader });
    response.flushHeaders();
  }

  function end(): void {
    over = true;
    response.end();
  }

  function answer(
    status: number,
    contentType: string,
    body: string,
    headers: ProviderError['headers'] = {},
  ): void {
    over = true;
    response.writeHead(status, { 'content-type': contentType, ...idHeader, ...headers }).end(body);
  }

  return {
    request,
    requestId,
    key,
    isOpen,
    closed,
    begin,
    send,
    events,
    end,
    async stream(reply, { pieceBytes = Number.POSITIVE_INFINITY, lineEnd = '\n', keepAlives = false } = {}) {
      await begin();
      for (const event of events(reply)) {
        const text = `${keepAlives ? dialect.keepAlive : ''}${event}`.replaceAll('\n', lineEnd);
        for (const piece of pieces(Buffer.from(text), pieceBytes)) {
          await send(piece);
          // What is sent in one turn of the event loop comes in one piece.
          if (pieceBytes < text.length) await nextTurn();
        }
      }
      end();
    },
    cut() {
      over = true;
      incoming.socket.resetAndDestroy();
    },
    fail(error) {
      answer(
        error.status,
        'application/json',
        JSON.stringify(dialect.errorBody(error, requestId)),
        error.headers,
      );
    },
    answer,
  };
}

function* pieces(bytes: Buffer, most: number): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += most) yield bytes.subarray(start, start + most);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { createExchange, type Delivery, type Exchange } from './exchange.ts';
import type { ChatDialect, ProviderReply, ProviderRequest } from './provider-reply.ts';

/** What a request is answered with. @since 0.1.0 */
export type Answer = (exchange: Exchange) => Promise<void> | void;

/** A provider for one who asks: what it answers is scripted, what it is asked is kept. @since 0.1.0 */
export interface ChatScene {
  readonly dialect: ChatDialect;
  /** What it was asked, in the order it came: what it would have refused is not there. */
  readonly requests: readonly ProviderRequest[];
  /** What it was asked and refused with status 400, as the provider would have. */
  readonly refusals: readonly string[];
  /** How many requests came, refused ones included. */
  readonly asked: number;
  /** Answers every request from now on. */
  play(answer: Answer): void;
  /** Answers every request from now on with this. */
  reply(reply: ProviderReply, delivery?: Delivery): void;
}

/** A scene with its side that answers. */
export interface PlayedScene extends ChatScene {
  take(incoming: IncomingMessage, response: ServerResponse): Promise<void>;
}

const greeting: ProviderReply = {
  text: ['Hello', ' there.'],
  reason: 'stop',
  usage: { inputTokens: 3, outputTokens: 2 },
};

export function createScene(dialect: ChatDialect): PlayedScene {
  const requests: ProviderRequest[] = [];
  const refusals: string[] = [];
  let asked = 0;
  let answer: Answer = (exchange) => exchange.stream(greeting);
  const play = (next: Answer) => {
    answer = next;
  };
  return {
    dialect,
    requests,
    refusals,
    get asked() {
      return asked;
    },
    play,
    reply: (reply, delivery) => play((exchange) => exchange.stream(reply, delivery)),
    async take(incoming, response) {
      asked += 1;
      const requestId = `req_${asked}`;
      const body: unknown = await json(incoming);
      let request: ProviderRequest;
      try {
        request = dialect.readRequest(body, incoming.headers);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        refusals.push(message);
        const refused = JSON.stringify(dialect.errorBody({ status: 400, message }, requestId));
        response
          .writeHead(400, { 'content-type': 'application/json', [dialect.requestIdHeader]: requestId })
          .end(refused);
        return;
      }
      requests.push(request);
      const key = dialect.keyIn(incoming.headers);
      await answer(createExchange(incoming, response, { dialect, request, requestId, key }));
    },
  };
}

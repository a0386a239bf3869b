import { type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { pipeline } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Address } from '../../engine/address.ts';
import { openHttpServer } from '../../engine/http-server.ts';

/** How a receiver of OTLP over HTTP may answer. */
export interface GateAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Given the request, for a receiver answers in the form that it was asked in. */
  body?(request: IncomingMessage): Uint8Array | string;
  /** The connection ends in the middle of the body. */
  readonly cut?: true;
}

/** A receiver that passes requests on, until it is told to answer by itself. */
export interface RefusingGate {
  readonly address: Address;
  /** How many requests with spans it has answered by itself. */
  answered(): number;
  answer(answer: GateAnswer): void;
  passOn(): void;
  close(): Promise<void>;
}

/** Stands in front of the receiver at `target`, and speaks HTTP. */
export async function openRefusingGate(target: Address): Promise<RefusingGate> {
  let answering: GateAnswer | undefined;
  let answered = 0;
  async function take(request: IncomingMessage, response: ServerResponse, answer: GateAnswer): Promise<void> {
    await buffer(request);
    if (request.url?.endsWith('/traces')) answered += 1;
    give(request, response, answer);
  }
  const { address, close } = await openHttpServer((request, response) => {
    if (answering) take(request, response, answering).catch(() => response.destroy());
    else passOn(request, response, target);
  });
  return {
    address,
    answered: () => answered,
    answer(answer) {
      answering = answer;
    },
    passOn() {
      answering = undefined;
    },
    close,
  };
}

function give(request: IncomingMessage, response: ServerResponse, answer: GateAnswer): void {
  const type = request.headers['content-type'] ?? 'application/json';
  const headers = { 'content-type': type, ...answer.headers };
  const body = answer.body?.(request) ?? '';
  if (!answer.cut) {
    response.writeHead(answer.status, headers).end(body);
    return;
  }
  response.writeHead(answer.status, { ...headers, 'content-length': '1000' });
  response.write(body || ' ', () => response.destroy());
}

function passOn(request: IncomingMessage, response: ServerResponse, { host, port }: Address): void {
  const { method, url: path, headers } = request;
  const onward = send({ host, port, method, path, headers, agent: false }, (answer) => {
    // Who asked did not wait for it.
    if (response.destroyed) {
      answer.destroy();
      return;
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    pipeline(answer, response, () => {});
  });
  pipeline(request, onward, (error) => {
    if (error) response.destroy();
  });
}

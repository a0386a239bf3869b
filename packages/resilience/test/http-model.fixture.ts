import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { openLink } from '@aiwork/contract-tests';
import { AiworkError, type ChatChunk, type ChatModel } from '@aiwork/core';
import { onTestFinished } from 'vitest';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/**
 * A server that answers requests by `answer`, each in chunks as lines of JSON, behind a link. `model` reads them over the
 * link, as a client of a provider would; the path of a request is its number.
 */
export async function httpModel(id: string, answer: Answer) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const link = await openLink({ host: '127.0.0.1', port: address.port });
  onTestFinished(async () => {
    await link.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  let asked = 0;
  const model: ChatModel = {
    id,
    async *stream(_, { signal }) {
      asked += 1;
      const response = await fetch(`http://127.0.0.1:${link.address.port}/${asked}`, { signal });
      if (!response.ok) throw statusError(response);
      yield* chunksOf(response);
    },
  };
  return { model, link, requests };
}

/** Sends chunks; the last of them ends the answer. */
export const say =
  (...chunks: readonly ChatChunk[]): Answer =>
  (response) => {
    for (const chunk of chunks) response.write(`${JSON.stringify(chunk)}\n`);
    if (chunks.at(-1)?.type === 'done') response.end();
  };

export const text = (words: string): ChatChunk => ({ type: 'text', text: words });
export const done: ChatChunk = { type: 'done', reason: 'stop' };

function statusError({ status, headers }: Response): AiworkError {
  const seconds = headers.get('retry-after');
  return new AiworkError('AIWORK_TEST_STATUS', `status ${status}`, {
    retryable: status >= 429,
    ...(seconds !== null && { retryAfterMs: Number(seconds) * 1000 }),
  });
}

async function* chunksOf({ body }: Response): AsyncGenerator<ChatChunk> {
  if (!body) return;
  let rest = '';
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line);
  }
}

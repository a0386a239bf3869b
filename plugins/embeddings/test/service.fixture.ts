import { createOrchestrator, defineTask } from '@aiwork/core';
import { createServer, type ServerOptions } from '@aiwork/server';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { countingEncoder } from '../src/engine/counting-encoder.fixture.ts';
import { createEmbedder } from '../src/engine/create-embedder.ts';
import type { Encoder } from '../src/engine/encoder.ts';
import { createServedModels, type ServedModels } from '../src/engine/served-models.ts';
import { embeddingService } from '../src/serve/embedding-service.ts';

const nothing = defineTask({ id: 'nothing', input: z.unknown(), run: () => null });

export const embedderOf = (changes: Partial<Encoder> = {}) =>
  createEmbedder(countingEncoder(changes), { maxTexts: 64 });

/** What an answer says. */
// biome-ignore lint/suspicious/noExplicitAny: JSON of whatever was asked for
export const readJson = (response: Response): Promise<any> => response.json();

/** A server that listens and serves two models, and is closed after the test. */
export async function serveModels(options: Partial<ServerOptions> & { readonly models?: ServedModels } = {}) {
  const {
    models = createServedModels({
      small: embedderOf(),
      other: embedderOf({ id: 'counting-2', maxTokens: 16 }),
    }),
    ...rest
  } = options;
  const orchestrator = createOrchestrator({ units: [nothing] });
  const server = await createServer({
    orchestrator,
    units: [nothing],
    extensions: [embeddingService(models)],
    maxEventLoopDelayMs: 600_000,
    ...rest,
  });
  const url = await server.listen();
  onTestFinished(async () => {
    await server.close();
    await orchestrator.close();
    await models.close();
  });
  async function getJson(path: string) {
    return readJson(await fetch(`${url}${path}`));
  }
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  return { url, models, post, getJson };
}

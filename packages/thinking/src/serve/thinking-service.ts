import type { FastifyInstance } from 'fastify';
import type { ThinkingStore } from '../store/thinking-store.ts';
import { namedStrategies } from '../strategies/named-strategies.ts';
import { questionJsonSchema, type ThinkInput, thinkInputJsonSchema } from '../task/think-input.ts';
import { sessionRoutes } from './session-routes.ts';
import type { StartingAccess } from './starting-access.ts';
import { contentSecurityPolicy, pageFiles, pageText } from './think-page.ts';

/** No part of the description of the API. */
const hidden: object = { hide: true };

/** An extension of `@aiwork/server`. @since 0.1.0 */
export interface ThinkingService {
  readonly name: string;
  routes(app: FastifyInstance, access: StartingAccess): void;
  openRoutes(app: FastifyInstance): void;
}

/** @since 0.1.0 */
export interface ThinkingServiceOptions {
  /** Id of the {@link thinkTask} that the server serves. Default `think`. */
  readonly unit?: string;
  /** What its task may be asked for by name. Default: {@link namedStrategies}. */
  readonly strategies?: readonly string[];
  /**
   * What the plugin of the task's orchestrator provides as `thinkingStore`: asked for with each request, so that the plugin may
   * be set up later. Default: nothing can be asked in a session.
   */
  sessions?(): ThinkingStore | Promise<ThinkingStore>;
}

/**
 * `POST /think`, which starts a task that thinks, a page at `/think` that shows its tree live, and with `sessions` what was
 * thought before, at `/think/sessions`: whoever asks sees its own. The answer is an execution: its events come by Server-Sent Events and WebSocket at `/executions/{id}/events`, as those of all others.
 *
 * @example
 * ```ts
 * import { createOrchestrator } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { createServer, type Execution } from '@aiwork/server';
 * import { type Thought, thinkingService, thinkTask } from '@aiwork/thinking';
 *
 * const task = thinkTask({ model: scriptedChatModel(['Answer: 4', 'Answer: 4']) });
 * await using orchestrator = createOrchestrator();
 * await using server = await createServer({ orchestrator, units: [task], extensions: [thinkingService()] });
 * const headers = { host: 'localhost' };
 * const question = { question: '2 + 2?' };
 * const response = await server.app.inject({ method: 'POST', url: '/think', headers, body: question });
 * const run = await orchestrator.open(response.json<Execution>().executionId);
 * console.log(((await run.result()) as Thought).answer); // 4
 * ```
 * @since 0.1.0
 */
export function thinkingService(options: ThinkingServiceOptions = {}): ThinkingService {
  const { unit = 'think', strategies = namedStrategies().map(({ name }) => name), sessions } = options;
  const schema = {
    operationId: 'think',
    summary: 'Have a model think about a question',
    description:
      'Answers when the run is in the journal; `Location` says where to look at it, and what it thinks is in its events, as `emitted` ones called `thinking`.',
    tags: ['executions'],
    body: (sessions ? thinkInputJsonSchema : questionJsonSchema)(strategies),
    response: { 202: { $ref: 'Execution#' } },
  };
  return {
    name: 'thinking',
    routes(app, access) {
      app.post<{ Body: ThinkInput }>(
        '/think',
        {
          schema,
        },
        async (request, reply) => {
          const execution = await access.start(request, { unit, input: request.body });
          const path = `${app.prefix}/status/${encodeURIComponent(execution.executionId)}`;
          reply.code(202).header('location', path);
          return execution;
        },
      );
      if (sessions) sessionRoutes(app, access, unit, sessions);
    },
    openRoutes(app) {
      const page = pageText(strategies, sessions ? 'sessions' : 'none');
      app.get('/think', { schema: hidden }, (_, reply) =>
        reply
          .type('text/html; charset=utf-8')
          .header('content-security-policy', contentSecurityPolicy)
          .header('cache-control', 'no-cache')
          .send(page),
      );
      for (const [name, { type, read }] of Object.entries(pageFiles)) {
        app.get(`/think/${name}`, { schema: hidden }, async (_, reply) =>
          reply
            .type(type)
            .header('cache-control', 'no-cache')
            .send(await read()),
        );
      }
    },
  };
}

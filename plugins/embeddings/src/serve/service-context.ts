import type { Embedder, Embeddings, EmbedOptions } from '@aiwork/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServedModels } from '../engine/served-models.ts';
import type { ServiceMetrics } from './service-metrics.ts';

/** What a server knows of who asks, as an extension of `@aiwork/server` is given it. @since 0.1.0 */
export interface ServiceAccess {
  /** Lets nobody go on who has no scope `MODEL:ACTION`. */
  require(request: FastifyRequest, model: string, action: 'read' | 'execute'): void;
}

/** What the routes have in common. */
export interface ServiceContext {
  readonly models: ServedModels;
  readonly metrics: ServiceMetrics;
  readonly access: ServiceAccess;
}

/** A model for a request that may use it. */
export interface ModelForRequest {
  readonly name: string;
  readonly embedder: Embedder;
  /** Embeds for as long as the client waits for it. */
  embed(texts: readonly string[], options?: Omit<EmbedOptions, 'signal'>): Promise<Embeddings>;
}

/** @throws `AIWORK_UNKNOWN_MODEL` or `AIWORK_FORBIDDEN`. */
export function modelFor(
  { models, metrics, access }: ServiceContext,
  request: FastifyRequest,
  reply: FastifyReply,
  name = models.names[0] ?? '',
): ModelForRequest {
  access.require(request, name, 'execute');
  const embedder = models.embedder(name);
  metrics.isFor(request, name);
  return {
    name,
    embedder,
    async embed(texts, options = {}) {
      const left = new AbortController();
      const leave = () => {
        if (!reply.raw.writableEnded) left.abort(new Error('the client is gone'));
      };
      reply.raw.once('close', leave);
      try {
        const made = await embedder.embed(texts, { ...options, signal: left.signal });
        const { tokens, truncated } = made;
        request.log.info(
          { model: name, texts: texts.length, tokens, truncated: truncated.length },
          'embedded',
        );
        return made;
      } finally {
        reply.raw.off('close', leave);
      }
    },
  };
}

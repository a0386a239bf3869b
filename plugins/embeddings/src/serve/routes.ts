import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { embedRoute } from './embed-route.ts';
import { openaiRoutes } from './openai-routes.ts';
import type { ServiceContext } from './service-context.ts';
import { similarityRoute } from './similarity-route.ts';

/** All routes of the service. */
export async function addRoutes(app: FastifyInstance, context: ServiceContext): Promise<void> {
  embedRoute(app, context);
  similarityRoute(app, context);
  const asOpenAI: FastifyPluginAsync = async (own) => openaiRoutes(own, context);
  await app.register(asOpenAI);
}

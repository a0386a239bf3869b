import type { Address } from '../engine/address.ts';
import { openHttpServer } from '../engine/http-server.ts';
import { type Service, type ServiceSource, serviceSource } from '../engine/service.ts';
import { type ChatScene, createScene, type PlayedScene } from './chat-scene.ts';
import type { ChatDialect } from './provider-reply.ts';

/** A server on this machine that speaks the wire format of a provider. @since 0.1.0 */
export interface ChatServer extends Service {
  /** The base URL of a scene, for an adapter; `address` where something stands in front of the server. */
  urlOf(scene: string, address?: Address): string;
  /** The scene of that name. Each has its own script, and knows its own requests alone. */
  scene(name: string): ChatScene;
}

/**
 * Starts a scripted server for tests of chat models.
 *
 * @example
 * ```ts
 * import { chatCompletionsDialect, openChatServer } from '@aiwork/contract-tests';
 *
 * const server = await openChatServer(chatCompletionsDialect);
 * const scene = server.scene('greeting');
 * scene.reply({ text: ['Hel', 'lo'], reason: 'stop' });
 * const response = await fetch(`${server.urlOf('greeting')}/chat/completions`, {
 *   method: 'POST',
 *   body: JSON.stringify({
 *     model: 'm',
 *     messages: [{ role: 'user', content: 'Hi' }],
 *     stream: true,
 *     stream_options: { include_usage: true },
 *   }),
 * });
 * console.log((await response.text()).includes('"content":"Hel"')); // true
 * console.log(scene.requests[0]?.turns); // [ { role: 'user', text: 'Hi', images: [] } ]
 * await server.close();
 * ```
 * @since 0.1.0
 */
export async function openChatServer(dialect: ChatDialect): Promise<ChatServer> {
  const scenes = new Map<string, PlayedScene>();
  function sceneOf(name: string): PlayedScene {
    const scene = scenes.get(name) ?? createScene(dialect);
    scenes.set(name, scene);
    return scene;
  }
  const { address: own, close } = await openHttpServer((incoming, response) => {
    const [, name = '', ...path] = (incoming.url ?? '').split('/');
    if (incoming.method !== 'POST' || `/${path.join('/')}` !== `${dialect.basePath}${dialect.path}`) {
      const error = { status: 404, message: `there is no ${incoming.method} ${incoming.url} here` };
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(dialect.errorBody(error, 'req_0')));
      return;
    }
    const scene = sceneOf(decodeURIComponent(name));
    // A client that leaves, or sends no JSON, is no matter of the others.
    scene.take(incoming, response).catch(() => response.destroy());
  });
  return {
    facts: { name: dialect.name, version: 'scripted', settings: {} },
    address: own,
    urlOf: (scene, address = own) =>
      `http://${address.host}:${address.port}/${encodeURIComponent(scene)}${dialect.basePath}`,
    scene: sceneOf,
    close,
  };
}

/** The same as the service of a subject. @since 0.1.0 */
export const chatService = (dialect: ChatDialect): ServiceSource<ChatServer> =>
  serviceSource(dialect.name, () => openChatServer(dialect));

import { access } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { AiworkError, type ChatModel } from '@aiwork/core';

/**
 * The chat model a module exports, as `default` or as `model`: the model itself, or a function that makes it.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when there is no such module or it exports no model.
 */
export async function loadModel(path: string): Promise<ChatModel> {
  await access(path).catch(() => refuse(`there is no file ${path}`));
  const module = await import(pathToFileURL(path).href).catch((cause: unknown) =>
    refuse(`${path} could not be loaded: ${cause instanceof Error ? cause.message : String(cause)}`, cause),
  );
  const exported: unknown = module.default ?? module.model;
  const model: unknown = typeof exported === 'function' ? await exported() : exported;
  if (isChatModel(model)) return model;
  return refuse(
    `${path} exports no chat model: its default export has to be { id, async *stream(request, { signal }) { … } }, or a function that returns that`,
  );
}

function isChatModel(value: unknown): value is ChatModel {
  const { id, stream } = (value ?? {}) as Partial<Record<keyof ChatModel, unknown>>;
  return typeof id === 'string' && typeof stream === 'function';
}

function refuse(message: string, cause?: unknown): never {
  throw new AiworkError('AIWORK_INVALID_ARGUMENT', message, cause === undefined ? {} : { cause });
}

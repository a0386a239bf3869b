import type { Adapter, ChatModel, ModelUsage } from '@aiwork/core';
import type { ChatScene } from '../../chat-server/chat-scene.ts';

/** What a subject knows about its chat model. @since 0.1.0 */
export interface ChatModelFacts {
  /** Whether it can be shown images. */
  readonly images: boolean;
  /** Whether it hands a schema for the answer on to its provider. */
  readonly schema: boolean;
  /** How many dollars a usage costs, by the price that the model was given. Left out where it was given none. */
  readonly costOf?: (usage: ModelUsage) => number;
  /** Which details of a usage the provider's stream has. */
  readonly usageDetails: readonly Exclude<keyof ModelUsage, 'inputTokens' | 'outputTokens'>[];
}

/** A chat model as the checks see it, with the side of its provider. @since 0.1.0 */
export interface ChatModelUnderTest extends Adapter<ChatModelFacts> {
  readonly model: ChatModel;
  /** The same, given up after a quarter of a second of silence. */
  readonly impatient: ChatModel;
  readonly provider: ChatScene;
}

/** How long an impatient model waits, in milliseconds. */
export const impatienceMs = 250;
/** Longer than any check. */
const patienceMs = 120_000;

/**
 * A chat model with what is known about it, for the `open` of a subject.
 *
 * @param create makes a model that gives up after so many milliseconds in which no part of a reply came.
 * @since 0.1.0
 */
export function chatModelUnderTest(
  create: (timeoutMs: number) => ChatModel,
  facts: ChatModelFacts,
  provider: ChatScene,
): ChatModelUnderTest {
  const close = async () => {};
  return {
    model: create(patienceMs),
    impatient: create(impatienceMs),
    provider,
    capabilities: facts,
    close,
    [Symbol.asyncDispose]: close,
  };
}

export const takesImages = ({ images }: ChatModelFacts): true | string =>
  images || 'the subject says that its model takes no images';
export const takesSchemas = ({ schema }: ChatModelFacts): true | string =>
  schema || 'the subject says that its model takes no schema';

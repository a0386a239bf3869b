import type { CallOptions, ChatModel, ChatRequest, Duration, Embedder, ModelUsage } from '@aiwork/core';
import { toMilliseconds } from '@aiwork/core';
import { invalidArgument, wholeChatModel } from '@aiwork/core/adapter-kit';
import { harmlessly } from '../cache-event.ts';
import { countOption } from '../cache-options.ts';
import { replyKey } from './cached-model.ts';
import { type HitReport, hitReport } from './hit-report.ts';
import { type NearestReplies, nearestReplies } from './nearest-replies.ts';
import { replay, storedReply, textOf, usageOf } from './stored-reply.ts';
import { unitVector } from './unit-vector.ts';

/** @since 0.1.0 */
export interface SemanticModelOptions {
  /** Kept open. */
  readonly embedder: Embedder;
  /**
   * How alike two questions have to be: the cosine of their vectors, more than 0, at most 1. Find yours by
   * `measureThresholds` on questions of your own: there is no value that is right for all.
   */
  readonly threshold: number;
  /** Replies there is room for. Looking one up costs a product of vectors for each. Default 1000. */
  readonly maxEntries?: number;
  /** How long a reply is given again. Default `1h`. */
  readonly ttl?: Duration;
  /** Whether a request is looked up, and its reply kept. Default: always. */
  when?(request: ChatRequest): boolean;
  /**
   * Looks whether hits are right: of this share of them, the model is asked all the same, and `isSame` compares what it
   * says with what would have been given. The caller gets what the model says.
   */
  readonly check?: {
    /** More than 0, at most 1. */
    readonly share: number;
    isSame(given: string, now: string, options: CallOptions): boolean | Promise<boolean>;
  };
  /** Is told what a reply from the cache has spared. */
  onSpared?(usage: ModelUsage): void;
  /** Milliseconds since any moment. Default `Date.now`. */
  readonly now?: () => number;
  /** Numbers from 0 to 1 for `check.share`. Default `Math.random`. */
  readonly random?: () => number;
}

/** @since 0.1.0 */
export interface SemanticModel extends ChatModel {
  /** What became of requests so far. */
  report(): HitReport;
}

/**
 * A chat model that gives the reply to a question to one that means nearly the same. Only the last message may differ,
 * which has to be of the user and without images; everything before it, tools, schema, temperature and all else have to be
 * equal. Replies are kept in this process.
 *
 * An embedder that fails is taken for a cache without anything.
 *
 * A threshold that is too low gives wrong answers, and nothing about them looks wrong: measure it, and have a share checked.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts no-run: needs an embedder
 * import { type Embedder, generate } from '@aiwork/core';
 * import { scriptedChatModel } from '@aiwork/core/testing';
 * import { semanticModel } from '@aiwork/cache';
 *
 * declare const embedder: Embedder;
 * const model = semanticModel(scriptedChatModel(['Paris.']), { embedder, threshold: 0.95 });
 * const ask = (content: string) => generate(model, { messages: [{ role: 'user', content }] });
 * await ask('What is the capital of France?');
 * console.log((await ask('what’s the capital of France')).text, model.report().hits);
 * ```
 * @since 0.1.0
 */
export function semanticModel(model: ChatModel, options: SemanticModelOptions): SemanticModel {
  const {
    embedder,
    threshold,
    when = () => true,
    check,
    onSpared,
    now = Date.now,
    random = Math.random,
  } = options;
  checkShare(threshold, 'threshold');
  if (check) checkShare(check.share, 'check.share');
  const ttlMs = toMilliseconds(options.ttl ?? '1h', 'ttl');
  const replies: NearestReplies = nearestReplies(countOption(options.maxEntries ?? 1000, 'maxEntries'));
  const report = hitReport();

  async function vectorOf(question: string, signal: AbortSignal): Promise<Float32Array | undefined> {
    try {
      const { vectors } = await embedder.embed([question], { kind: 'query', signal });
      return vectors[0] && unitVector(vectors[0]);
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  const answering = wholeChatModel({
    id: model.id,
    price: model.price,
    async *stream(request, { signal }) {
      signal.throwIfAborted();
      const question = questionOf(request);
      if (question === undefined || !when(request)) {
        report.count('leftOut');
        return yield* model.stream(request, { signal });
      }
      const around = replyKey(model.id, embedder.id, withoutQuestion(request));
      const vector = await vectorOf(question, signal);
      if (!vector) {
        report.count('failed');
        return yield* model.stream(request, { signal });
      }
      const found = replies.find(around, vector, threshold, now());
      const isChecked = found !== undefined && check !== undefined && random() < check.share;
      if (found && !isChecked) {
        report.count('hits');
        const spared = usageOf(found);
        if (spared) harmlessly('onSpared of a semantic cache', () => onSpared?.(spared));
        return yield* replay(found);
      }
      if (!found) report.count('misses');
      const chunks = [];
      for await (const chunk of model.stream(request, { signal })) {
        chunks.push(chunk);
        if (chunk.type === 'done') {
          const reply = storedReply(chunks);
          if (reply && found && check) {
            const isSame = await judged(() => check.isSame(textOf(found), textOf(reply), { signal }));
            if (isSame !== undefined) report.checked(isSame);
          }
          if (reply) replies.keep({ around, vector, reply, expiresAt: now() + ttlMs });
        }
        yield chunk;
      }
    },
  });
  return { ...answering, report: report.read };
}

/** What a check says; one that fails says nothing, and harms no reply. */
async function judged(isSame: () => boolean | Promise<boolean>): Promise<boolean | undefined> {
  try {
    return await isSame();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.emitWarning(`check.isSame of a semantic cache failed: ${why}`, 'AiworkWarning');
    return undefined;
  }
}

function checkShare(value: number, name: string): void {
  if (!(value > 0 && value <= 1)) throw invalidArgument(`${name} is ${value}: give more than 0, at most 1`);
}

function questionOf({ messages }: ChatRequest): string | undefined {
  const last = messages.at(-1);
  return last?.role === 'user' && !last.images?.length ? last.content : undefined;
}

const withoutQuestion = (request: ChatRequest): ChatRequest => ({
  ...request,
  messages: request.messages.slice(0, -1),
});

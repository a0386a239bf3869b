import { type Clock, toRunError } from '@aiwork/core';
import { invalidArgument, systemClock } from '@aiwork/core/adapter-kit';
import { createEmitter } from './emitter.ts';
import type { ResilienceEventBody, ResilienceListener } from './event.ts';
import type { CallContext, Layer, LayerKind, Source } from './layer.ts';

/** @since 0.1.0 */
export interface ProtectOptions {
  /** Sees what the layers do. */
  readonly onEvent?: ResilienceListener;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Numbers from 0 to 1 for jitter. Default `Math.random`. */
  readonly random?: () => number;
}

/** What layers have to know of what goes through them. */
export interface ItemFacts<Input, Item> {
  isOutput(item: Item): boolean;
  isEnd(item: Item): boolean;
  estimateTokens(input: Input): number;
  tokensOf(item: Item): number | undefined;
}

/** Something asked through layers. */
export type Protected<Input, Item> = (
  input: Input,
  options: { readonly onEvent?: ResilienceListener | undefined; readonly signal: AbortSignal },
) => AsyncIterable<Item>;

const order: readonly LayerKind[] = [
  'deadline',
  'retry',
  'hedge',
  'breaker',
  'rate-limit',
  'bulkhead',
  'timeout',
];

/** Puts `layers`, the outermost first, around `source`. */
export function pipeline<Input, Item>(
  id: string,
  source: Source<Input, Item>,
  layers: readonly Layer[],
  facts: ItemFacts<Input, Item>,
  options: ProtectOptions,
): Protected<Input, Item> {
  checkOrder(id, layers);
  const { clock = systemClock, random = Math.random } = options;
  const through = layers.reduceRight<Source<Input, Item>>((inner, layer) => layer.wrap(inner), source);

  return async function* (input, { onEvent, signal }) {
    signal.throwIfAborted();
    const emit = createEmitter(id, clock, [options.onEvent, onEvent]);
    const context: CallContext<Input, Item> = {
      ...facts,
      clock,
      random,
      deadlineAt: Number.POSITIVE_INFINITY,
      emit,
      signal,
    };
    const begunAt = clock.now();
    let shown = false;
    let end: ResilienceEventBody | undefined;
    const sinceBegin = () => clock.now() - begunAt;
    try {
      for await (const item of through(input, context)) {
        shown ||= facts.isOutput(item);
        if (facts.isEnd(item)) end = { type: 'call.succeeded', durationMs: sinceBegin() };
        yield item;
      }
    } catch (error) {
      if (!signal.aborted)
        end = { type: 'call.failed', durationMs: sinceBegin(), shown, error: toRunError(error) };
      throw error;
    } finally {
      emit(end ?? { type: 'call.left', durationMs: sinceBegin() });
    }
  };
}

function checkOrder(id: string, layers: readonly Layer[]): void {
  let last = -1;
  for (const { kind } of layers) {
    const place = order.indexOf(kind);
    if (place <= last) {
      throw invalidArgument(
        `the layers of "${id}" are ${layers.map((layer) => layer.kind).join(', ')}: give each kind at most once, the outermost first: ${order.join(', ')}`,
      );
    }
    last = place;
  }
}

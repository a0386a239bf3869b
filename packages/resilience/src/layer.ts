import type { Clock } from '@aiwork/core';
import type { ResilienceEventBody } from './event.ts';

/** What is known of a call while it goes through the layers. @since 0.1.0 */
export interface CallContext<Input = unknown, Item = unknown> {
  readonly clock: Clock;
  readonly random: () => number;
  /** When the whole call has to be over, in milliseconds since the Unix epoch; `Infinity` without a deadline. */
  readonly deadlineAt: number;
  /** Whether an item is a part of the answer. Until the first of them, a call can be made again unseen. */
  isOutput(item: Item): boolean;
  /** Whether an item is the last of a whole answer. Who has it may stop reading. */
  isEnd(item: Item): boolean;
  /** Tokens that the call will use, as far as can be told from what it is asked; 0 where there are none. */
  estimateTokens(input: Input): number;
  /** Tokens that an item says were used. */
  tokensOf(item: Item): number | undefined;
  emit(event: ResilienceEventBody): void;
  readonly signal: AbortSignal;
}

/** Something that is asked and answers in items: a chat model in chunks, any other call in one. @since 0.1.0 */
export type Source<Input, Item> = (input: Input, context: CallContext<Input, Item>) => AsyncIterable<Item>;

/** From the outermost to the innermost. @since 0.1.0 */
export type LayerOrder = readonly [
  'deadline',
  'retry',
  'hedge',
  'breaker',
  'rate-limit',
  'bulkhead',
  'timeout',
];

/** @since 0.1.0 */
export type LayerKind = LayerOrder[number];

/** One protection, put around whatever is inside it. @since 0.1.0 */
export interface Layer<Kind extends LayerKind = LayerKind> {
  readonly kind: Kind;
  wrap<Input, Item>(inner: Source<Input, Item>): Source<Input, Item>;
}

/**
 * Layers in an order that makes sense; anything else does not compile. Each kind at most once, from the outermost:
 * deadline, retry, hedge, breaker, rate-limit, bulkhead, timeout. A list whose length the compiler does not know is checked
 * when it is used.
 *
 * @since 0.1.0
 */
export type InOrder<Layers extends readonly Layer[]> = number extends Layers['length']
  ? Layers
  : Follows<Layers, LayerOrder> extends true
    ? Layers
    : readonly [
        error: 'layers go from the outermost: deadline, retry, hedge, breaker, rate-limit, bulkhead, timeout',
      ];

type Follows<Layers extends readonly Layer[], Order extends readonly unknown[]> = Layers extends readonly [
  Layer<infer Kind>,
  ...infer Inner extends readonly Layer[],
]
  ? Order extends readonly [infer Next, ...infer Later]
    ? [Kind] extends [Next]
      ? Follows<Inner, Later>
      : Follows<Layers, Later>
    : false
  : true;

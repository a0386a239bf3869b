import type { CallOptions } from '@aiwork/core';
import { type Call, callFacts, callSource, outputOf } from './call-source.ts';
import type { ResilienceListener } from './event.ts';
import type { InOrder, Layer } from './layer.ts';
import { type ProtectOptions, pipeline } from './pipeline.ts';

/** @since 0.1.0 */
export interface ProtectCallOptions<Input> extends ProtectOptions {
  /** Names the call in errors and events. Default: the name of the function, or `call`. */
  readonly id?: string;
  /** For a rate limit in tokens. Default 0. */
  estimateTokens?(input: Input): number;
}

/** @since 0.1.0 */
export interface ProtectedCallOptions extends CallOptions {
  /** Sees what happens to this call. */
  readonly onEvent?: ResilienceListener;
}

/** A call with its layers. @since 0.1.0 */
export type ProtectedCall<Input, Output> = (input: Input, options?: ProtectedCallOptions) => Promise<Output>;

/**
 * Puts layers around any asynchronous call, the outermost first.
 *
 * `call` has to be one that may be made again, wherever a layer does so. It is given a signal that aborts when it is not
 * wanted any more; one that does not listen is left alone, and what it gives is ignored.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when the layers are in an order that makes no sense.
 * @example
 * ```ts
 * import { circuitBreaker, deadline, protectCall, retry, timeout } from '@aiwork/resilience';
 *
 * const search = protectCall(
 *   async (query: string, { signal }) => `results for ${query}`,
 *   [deadline('10s'), retry(), circuitBreaker({ id: 'search' }), timeout({ total: '2s' })],
 *   { id: 'search' },
 * );
 * console.log(await search('tea')); // results for tea
 * ```
 * @since 0.1.0
 */
export function protectCall<
  Input = void,
  Output = unknown,
  const Layers extends readonly Layer[] = readonly Layer[],
>(
  call: Call<Input, Output>,
  layers: Layers & InOrder<Layers>,
  options: ProtectCallOptions<Input> = {},
): ProtectedCall<Input, Output> {
  const { id = call.name || 'call', estimateTokens = () => 0 } = options;
  const ask = pipeline<Input, Output>(
    id,
    callSource(call),
    layers,
    { ...callFacts, estimateTokens },
    options,
  );
  return (input, callOptions) => outputOf(ask, input, callOptions);
}

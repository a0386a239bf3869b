import { wholeOption } from '../options.ts';
import type { BreakerOptions } from './breaker-options.ts';
import { type CircuitBreaker, type GroupedBreaker, groupedBreaker } from './circuit-breaker.ts';

/** @since 0.1.0 */
export interface BreakerGroupOptions extends BreakerOptions {
  /** Once so many of its breakers are open, all others open too: 1 or more. Without it, each is on its own. */
  readonly openTogether?: number;
}

/** @since 0.1.0 */
export interface BreakerGroup {
  readonly id: string;
  /** The breaker of this name; the same one each time. */
  for(name: string): CircuitBreaker;
  /** Those that were asked for, by name. */
  readonly breakers: ReadonlyMap<string, CircuitBreaker>;
}

/**
 * Breakers with the same options, such as one for each model of a provider. With `openTogether`, the failures of some are
 * taken for those of all: a provider that is down takes all its models with it.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`.
 * @example
 * ```ts
 * import { breakerGroup } from '@aiwork/resilience';
 *
 * const provider = breakerGroup({ id: 'provider', openTogether: 2 });
 * console.log(provider.for('small').id, provider.for('small') === provider.for('small')); // provider/small true
 * ```
 * @since 0.1.0
 */
export function breakerGroup({ openTogether, ...options }: BreakerGroupOptions): BreakerGroup {
  const { id, shared } = options;
  const atLeast =
    openTogether === undefined
      ? Number.POSITIVE_INFINITY
      : wholeOption(openTogether, `openTogether of breaker group "${id}"`, 1);
  const breakers = new Map<string, GroupedBreaker>();
  return {
    id,
    breakers,
    for(name) {
      let breaker = breakers.get(name);
      if (!breaker) {
        const own = { ...options, id: `${id}/${name}` };
        breaker = groupedBreaker(
          shared?.key === undefined ? own : { ...own, shared: { ...shared, key: `${shared.key}/${name}` } },
          (moment) => {
            const all = [...breakers.values()];
            if (all.filter(({ phase }) => phase !== 'closed').length < atLeast) return;
            for (const other of all) other.openWithGroup(moment);
          },
        );
        breakers.set(name, breaker);
      }
      return breaker;
    },
  };
}

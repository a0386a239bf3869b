import { randomOf } from '../seeded-random.fixture.ts';
import { bodyAttacks } from './bodies.ts';
import { framingAttacks } from './framing.ts';
import type { Attack, MalformedRequest } from './malformed-request.ts';
import { targetAttacks } from './targets.ts';

const attacks: readonly (readonly [kind: string, Attack])[] = Object.entries({
  ...bodyAttacks,
  ...framingAttacks,
  ...targetAttacks,
});

export const kinds = attacks.map(([kind]) => kind);

/** The request at a place of the sequence of a seed: the same bytes every time. */
export function malformedRequest(
  seed: number,
  index: number,
  waiting: string,
): MalformedRequest & { readonly kind: string } {
  const [kind, attack] = attacks[index % attacks.length] ?? [];
  if (kind === undefined || attack === undefined) throw new RangeError(`there is no request ${index}`);
  return { kind, ...attack(randomOf(seed, index), waiting) };
}

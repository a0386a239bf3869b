/**
 * Compares strings by code points, which is also the order of their bytes in UTF-8. JavaScript's own `<` compares
 * UTF-16 code units and puts U+FF5E behind U+1F600.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left !== right) return rank(left) - rank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above every other code unit. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/**
 * The least string that is greater than every string with this prefix, in the order of code points; `undefined` when
 * there is none. With it, a store lists a prefix as a range.
 *
 * @example
 * ```ts
 * import { afterPrefix } from '@aiwork/core/adapter-kit';
 *
 * console.log(afterPrefix('user-')); // user.
 * ```
 * @since 0.1.0
 */
export function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) as number);
  while (points.at(-1) === 0x10ffff) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  points.push(last === 0xd7ff ? 0xe000 : last + 1);
  return points.map((point) => String.fromCodePoint(point)).join('');
}

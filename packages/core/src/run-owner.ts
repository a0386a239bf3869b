const prefix = 'aiwork:principal=';

/**
 * The tag of the runs of somebody, such as who holds a key of a server. Servers let nobody else set it.
 *
 * @example
 * ```ts
 * import { ownerIn, ownerTag } from '@aiwork/core/adapter-kit';
 *
 * console.log(ownerIn(['nightly', ownerTag('ada')])); // ada
 * ```
 * @since 0.1.0
 */
export const ownerTag = (owner: string): string => `${prefix}${owner}`;

/**
 * Whose run it is, by its tags; `undefined` where it is nobody's.
 *
 * @example
 * ```ts
 * import { ownerIn } from '@aiwork/core/adapter-kit';
 *
 * console.log(ownerIn(['nightly'])); // undefined
 * ```
 * @since 0.1.0
 */
export function ownerIn(tags: readonly string[]): string | undefined {
  return tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length);
}

/**
 * Makes something when it is first asked for, and once. What failed is made again by the next who asks.
 *
 * @example
 * ```ts
 * import { madeWhenAsked } from '@aiwork/chat-model-kit';
 *
 * let made = 0;
 * const client = madeWhenAsked(async () => {
 *   made += 1;
 *   return 'client';
 * });
 * await Promise.all([client(), client()]);
 * console.log(made); // 1
 * ```
 * @since 0.1.0
 */
export function madeWhenAsked<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return async () => {
    made ??= make();
    try {
      return await made;
    } catch (error) {
      made = undefined;
      throw error;
    }
  };
}

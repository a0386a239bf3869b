import { createHash } from 'node:crypto';

/**
 * What to do when a connection broke between a request and its reply, so that nobody knows whether it was done.
 *
 * - `repeat`: ask again on the next connection. For what only reads.
 * - `settle`: do it again on the next connection. For what comes to the same when done twice, or knows a request that it
 *   has carried out. Rejects with `outcome: 'unknown'` when the second does not go through.
 * - `unknown`: reject with `outcome: 'unknown'`. For everything else: a write that is sent again may take effect twice,
 *   or answer that somebody else was faster.
 *
 * @since 0.1.0
 */
export type LostReply = 'repeat' | 'settle' | 'unknown';

/** A Lua script, which Redis runs as one atomic step, and the type of its reply. @since 0.1.0 */
export interface Script<Reply> {
  /** What the script does, as errors name it. */
  readonly name: string;
  readonly lua: string;
  /** SHA-1 of `lua` in hexadecimal, by which servers know it. */
  readonly sha: string;
  readonly lostReply: LostReply;
  /**
   * For `settle`: whether a reply says that it was done. One that was sent twice may be refused for what it did the first
   * time, so that nobody knows. Default: every reply does.
   */
  isDone?(reply: Reply): boolean;
  /** Never set: carries the type of the reply. */
  readonly reply?: Reply;
}

/**
 * Declares a script.
 *
 * - All keys it touches are in `KEYS`; `connection.run` gives them.
 * - It reads whatever may have a wrong type before it writes anything: Redis rolls nothing back.
 * - Numbers go to commands through `string.format('%.0f', n)`: Lua would write large ones as `1.7e+15`.
 *
 * @example
 * ```ts
 * import { defineScript } from '@aiwork/redis/adapter-kit';
 *
 * const take = defineScript<string | null>('take a value', {
 *   lostReply: 'unknown',
 *   lua: `
 *     local value = redis.call('GET', KEYS[1])
 *     redis.call('DEL', KEYS[1])
 *     return value`,
 * });
 * console.log(take.sha.length); // 40
 * ```
 * @since 0.1.0
 */
export function defineScript<Reply>(
  name: string,
  { lua: text, ...options }: Pick<Script<Reply>, 'lostReply' | 'lua' | 'isDone'>,
): Script<Reply> {
  const lua = text.trim();
  return { name, lua, sha: createHash('sha1').update(lua).digest('hex'), ...options };
}

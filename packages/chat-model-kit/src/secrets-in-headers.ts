const telling = /auth|key|token|secret|cookie/i;

/**
 * What no error may show of the headers that a model was given: the values of those that sign in, with and without the word
 * in front.
 *
 * @example
 * ```ts
 * import { secretsInHeaders } from '@aiwork/chat-model-kit';
 *
 * console.log(secretsInHeaders({ 'api-key': 'k-123', 'x-team': 'blue' })); // [ 'k-123' ]
 * console.log(secretsInHeaders({ authorization: 'Bearer t-1' })); // [ 'Bearer t-1', 't-1' ]
 * ```
 * @since 0.1.0
 */
export const secretsInHeaders = (headers: Readonly<Record<string, string>> = {}): readonly string[] =>
  Object.entries(headers).flatMap(([name, value]) =>
    telling.test(name) ? [...new Set([value, value.replace(/^\w+ /, '')])] : [],
  );

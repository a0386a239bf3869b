/**
 * How payloads become bytes: JSON, unless another is given, such as one of `@aiwork/kafka/registry`.
 *
 * What `encode` throws refuses the task. What `decode` throws makes a dead letter of it, but for an `AiworkError` with
 * `retryable: true`: such a task is waited with, however long it takes.
 *
 * @since 0.1.0
 */
export interface Serializer {
  /** What the header `content-type` of a task says. */
  readonly contentType: string;
  encode(payload: unknown): Uint8Array | Promise<Uint8Array>;
  decode(bytes: Uint8Array): unknown;
}

const utf8 = new TextDecoder();

export const jsonSerializer: Serializer = {
  contentType: 'application/json',
  encode: (payload) => Buffer.from(JSON.stringify(payload) ?? 'null'),
  decode: (bytes) => JSON.parse(utf8.decode(bytes)),
};

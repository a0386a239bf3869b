/** A part of a body that many are sent, with what Node would put around it for each of them. */
export interface HttpChunk {
  readonly stream: Buffer;
  /** As chunked bodies of HTTP/1.1 have it (RFC 9112, 7.1); {@link stream} is in the middle of it. */
  readonly chunk: Buffer;
}

export function httpChunk(bytes: Buffer): HttpChunk {
  const head = Buffer.from(`${bytes.length.toString(16)}\r\n`);
  const chunk = Buffer.concat([head, bytes, Buffer.from('\r\n')]);
  return { chunk, stream: chunk.subarray(head.length, -2) };
}

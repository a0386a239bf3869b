/** The first byte of a whole message of text. */
const wholeText = 0x81;

/** Messages as a server sends them over a WebSocket (RFC 6455, 5.2): unmasked, so that all are sent the same bytes. */
export function textFrames(messages: readonly Buffer[]): Buffer {
  return Buffer.concat(messages.flatMap((message) => [headOf(message.length), message]));
}

function headOf(length: number): Buffer {
  if (length < 126) return Buffer.from([wholeText, length]);
  if (length < 2 ** 16) {
    const head = Buffer.from([wholeText, 126, 0, 0]);
    head.writeUInt16BE(length, 2);
    return head;
  }
  const head = Buffer.alloc(10);
  head.writeUInt8(wholeText, 0);
  head.writeUInt8(127, 1);
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

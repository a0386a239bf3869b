/** What a Redis server answers. */
export type Reply = string | number | null | readonly Reply[];

/** An answer that is an error. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError';
}

/** Writes a command in the Redis protocol. */
export function writeCommand(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

interface Read {
  readonly reply: Reply | ReplyError;
  readonly rest: Buffer;
}

/** Reads the first answer of version 2 of the protocol; nothing while it is not there whole. */
export function readReply(bytes: Buffer): Read | undefined {
  const end = bytes.indexOf('\r\n');
  if (end < 0) return undefined;
  const line = bytes.toString('utf8', 1, end);
  const rest = bytes.subarray(end + 2);
  switch (String.fromCharCode(bytes[0] ?? 0)) {
    case '+':
      return { reply: line, rest };
    case '-':
      return { reply: new ReplyError(line), rest };
    case ':':
      return { reply: Number(line), rest };
    case '$':
      return readText(Number(line), rest);
    case '*':
      return readList(Number(line), rest);
    default:
      throw new Error(`not the Redis protocol: ${JSON.stringify(bytes.toString('latin1', 0, 40))}`);
  }
}

function readText(length: number, bytes: Buffer): Read | undefined {
  if (length < 0) return { reply: null, rest: bytes };
  if (bytes.length < length + 2) return undefined;
  return { reply: bytes.toString('utf8', 0, length), rest: bytes.subarray(length + 2) };
}

function readList(length: number, bytes: Buffer): Read | undefined {
  const replies: Reply[] = [];
  let rest = bytes;
  while (replies.length < length) {
    const read = readReply(rest);
    if (!read) return undefined;
    if (read.reply instanceof ReplyError) return read;
    replies.push(read.reply);
    rest = read.rest;
  }
  return { reply: replies, rest };
}

import type { Socket } from 'node:net';
import { deserialize, serialize } from 'node:v8';

/** A call of a client. */
export interface Request {
  readonly id: number;
  readonly namespace: string;
  readonly method: string;
  readonly args: readonly unknown[];
}

/** What the service says to a call: one `value`, or pieces of a listing until it is `done`. */
export interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly piece?: readonly unknown[];
  readonly done?: true;
  readonly error?: Readonly<Record<string, unknown>>;
}

const headBytes = 4;

/** A frame is the length of its body and the body. */
export function writeFrame(socket: Socket, message: Request | Reply): void {
  const body = serialize(message);
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(body.length);
  socket.write(Buffer.concat([head, body]));
}

export function readFrames<M extends Request | Reply>(socket: Socket, take: (message: M) => void): void {
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= headBytes) {
      const end = headBytes + rest.readUInt32BE();
      if (rest.length < end) return;
      const message = deserialize(rest.subarray(headBytes, end)) as M;
      rest = rest.subarray(end);
      take(message);
    }
  });
}

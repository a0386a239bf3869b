import type { Socket } from 'node:net';

const timeoutMs = 5_000;

/**
 * Writes to a socket and gives all that has come back, each time that more has come. Ends the socket with the loop.
 *
 * @throws when the connection fails, is closed, or stays silent.
 */
export async function* exchange(socket: Socket, bytes: Uint8Array): AsyncGenerator<Buffer, never> {
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`there was no answer within ${timeoutMs} ms`)));
  try {
    socket.write(bytes);
    let answer = Buffer.alloc(0);
    for await (const chunk of socket) {
      answer = Buffer.concat([answer, chunk]);
      yield answer;
    }
    throw new Error('the connection was closed before there was an answer');
  } finally {
    socket.destroy();
  }
}

import { once } from 'node:events';
import { connect } from 'node:net';
import type { Address } from '../../engine/address.ts';

const timeoutMs = 5_000;
const version3 = 3 << 16;
const sslRequest = 80_877_103;

/**
 * Resolves when the server asks for a password, or for none: it does so only when it takes queries. Rejects while it
 * starts, recovers or ends.
 */
export async function greetPostgres(address: Address, user: string, database: string): Promise<void> {
  const words = ['user', user, 'database', database, ''];
  const answer = await firstAnswer(address, packet(version3, words.map((word) => `${word}\0`).join('')));
  // An `R`equest to sign in; else an `E`rror, whose fields are texts that end with a zero.
  if (answer[0] !== 'R'.charCodeAt(0)) {
    throw new Error(`PostgreSQL refused: ${answer.toString('utf8', 5).replaceAll('\0', ' ')}`);
  }
}

/** Resolves when a PostgreSQL server is there, whether it takes connections without TLS or not. */
export async function meetPostgres(address: Address): Promise<void> {
  const answer = (await firstAnswer(address, packet(sslRequest, ''))).toString('latin1');
  if (answer !== 'S' && answer !== 'N') {
    throw new Error(`no PostgreSQL server answers at ${address.host}:${address.port}`);
  }
}

async function firstAnswer({ host, port }: Address, bytes: Buffer): Promise<Buffer> {
  const socket = connect(port, host);
  socket.setTimeout(timeoutMs, () => {
    socket.destroy(new Error(`${host}:${port} did not answer within ${timeoutMs} ms`));
  });
  try {
    await once(socket, 'connect');
    socket.write(bytes);
    for await (const chunk of socket) return chunk;
    throw new Error(`${host}:${port} closed the connection`);
  } finally {
    socket.destroy();
  }
}

function packet(code: number, text: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + Buffer.byteLength(text), 0);
  head.writeInt32BE(code, 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

import { connect } from 'node:net';
import type { Address } from '../../engine/address.ts';
import { exchange } from '../exchange.ts';

const version3 = 3 << 16;
const sslRequest = 80_877_103;

/**
 * Resolves when the server asks for a password, or for none: it does so only when it takes queries. Rejects while it
 * starts, recovers or ends.
 */
export async function greetPostgres({ host, port }: Address, user: string, database: string): Promise<void> {
  const words = ['user', user, 'database', database, ''].map((word) => `${word}\0`);
  for await (const answer of exchange(connect(port, host), packet(version3, words.join('')))) {
    // A `R`equest to sign in; else an `E`rror, whose fields are texts that end with a zero.
    if (answer[0] === 'R'.charCodeAt(0)) return;
    throw new Error(`PostgreSQL refused: ${answer.toString('utf8', 5).replaceAll('\0', ' ')}`);
  }
}

/** Resolves when a PostgreSQL server is there, whether it takes connections without TLS or not. */
export async function meetPostgres({ host, port }: Address): Promise<void> {
  for await (const answer of exchange(connect(port, host), packet(sslRequest, ''))) {
    if (['S', 'N'].includes(answer.toString('latin1'))) return;
    throw new Error(`no PostgreSQL server answers at ${host}:${port}`);
  }
}

function packet(code: number, text: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + Buffer.byteLength(text), 0);
  head.writeInt32BE(code, 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

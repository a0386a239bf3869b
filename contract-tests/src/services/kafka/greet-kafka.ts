import { connect, type Socket } from 'node:net';
import type { Address } from '../../engine/address.ts';
import { exchange } from '../exchange.ts';

const apiVersions = 18;
const requestNumber = 4711;

/**
 * Resolves when the broker says which requests it takes: it does so only when it has joined its cluster and serves
 * clients. Rejects while it starts or ends.
 */
export async function greetKafka({ host, port }: Address, open = openPlain): Promise<void> {
  for await (const answer of exchange(open({ host, port }), request())) {
    // The length of the answer, the number of the request, and 0 for no error.
    if (answer.length < 10) continue;
    if (answer.readInt32BE(4) === requestNumber && answer.readInt16BE(8) === 0) return;
    throw new Error(`no Kafka broker answers at ${host}:${port}`);
  }
}

const openPlain = ({ host, port }: Address): Socket => connect(port, host);

/** Its length, the kind and version of the request, its number, and no name of a client. */
function request(): Buffer {
  const bytes = Buffer.alloc(14);
  bytes.writeInt32BE(bytes.length - 4, 0);
  bytes.writeInt16BE(apiVersions, 4);
  bytes.writeInt32BE(requestNumber, 8);
  bytes.writeInt16BE(-1, 12);
  return bytes;
}

import { once } from 'node:events';
import { connect } from 'node:net';
import type { Address } from '../../engine/address.ts';

const timeoutMs = 5_000;
const apiVersions = 18;
const requestNumber = 4711;

/**
 * Resolves when the broker says which requests it takes: it does so only when it has joined its cluster and serves
 * clients. Rejects while it starts or ends.
 */
export async function greetKafka({ host, port }: Address): Promise<void> {
  const socket = connect(port, host);
  socket.setTimeout(timeoutMs, () => {
    socket.destroy(new Error(`${host}:${port} did not answer within ${timeoutMs} ms`));
  });
  try {
    await once(socket, 'connect');
    socket.write(request());
    let bytes = Buffer.alloc(0);
    for await (const chunk of socket) {
      bytes = Buffer.concat([bytes, chunk]);
      // The length of the answer, the number of the request, and 0 for no error.
      if (bytes.length < 10) continue;
      if (bytes.readInt32BE(4) === requestNumber && bytes.readInt16BE(8) === 0) return;
      throw new Error(`no Kafka broker answers at ${host}:${port}`);
    }
    throw new Error(`${host}:${port} closed the connection`);
  } finally {
    socket.destroy();
  }
}

/** Its length, the kind and version of the request, its number, and no name of a client. */
function request(): Buffer {
  const bytes = Buffer.alloc(14);
  bytes.writeInt32BE(bytes.length - 4, 0);
  bytes.writeInt16BE(apiVersions, 4);
  bytes.writeInt32BE(requestNumber, 8);
  bytes.writeInt16BE(-1, 12);
  return bytes;
}

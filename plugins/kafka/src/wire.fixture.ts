import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { KafkaService } from '@aiwork/contract-tests/services';
import { onTestFinished } from 'vitest';

/** A wire to the broker that can break; the broker tells whoever comes over it to stay on it. */
export async function openWire({ linked }: KafkaService) {
  if (!linked) throw new Error('the brokers of AIWORK_KAFKA_BROKERS cannot be linked');
  const { listen, target } = linked;
  const pairs = new Set<readonly Socket[]>();
  let latencyMs = 0;
  let state: 'open' | 'silent' | 'deaf' | 'refusing' = 'open';

  function endAll(): void {
    for (const sockets of pairs) for (const socket of sockets) socket.destroy();
  }

  function later(pass: () => void): void {
    if (latencyMs === 0) pass();
    else setTimeout(pass, latencyMs);
  }

  const server = createServer((client) => {
    if (state === 'refusing') {
      client.destroy();
      return;
    }
    const broker = connect(target.port, target.host);
    const pair = [client, broker];
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        for (const each of pair) each.destroy();
      });
    }
    client.on('data', (request) => {
      if (state !== 'silent') later(() => broker.write(request));
    });
    broker.on('data', (reply) => {
      if (state === 'open') later(() => client.write(reply));
    });
  });
  server.listen(listen.port, listen.host);
  await once(server, 'listening');
  onTestFinished(async () => {
    endAll();
    server.close();
    await once(server, 'close');
  });
  return {
    brokers: [`${listen.host}:${listen.port}`],
    cut: endAll,
    /** Everything takes so much longer, each way. */
    slow(ms: number) {
      latencyMs = ms;
    },
    /** Nothing passes any more. */
    silence() {
      state = 'silent';
    },
    /** Requests arrive, and replies are lost. */
    loseReplies() {
      state = 'deaf';
    },
    refuse() {
      state = 'refusing';
      endAll();
    },
    /** What lost something is no connection any more. */
    heal() {
      state = 'open';
      endAll();
    },
  };
}

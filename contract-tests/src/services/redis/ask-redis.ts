import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Reply, ReplyError, readReply, writeCommand } from './resp.ts';

const timeoutMs = 5_000;

/**
 * Asks a Redis server over a connection of its own, so that this package needs no client.
 *
 * @throws ReplyError when the server refuses.
 */
export async function askRedis(url: URL, command: readonly string[]): Promise<Reply> {
  const commands = [...signIn(url), command];
  const port = Number(url.port || 6379);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const socket =
    url.protocol === 'rediss:' ? connectTls({ host, port, servername: host }) : connectPlain({ host, port });
  socket.setTimeout(timeoutMs, () => {
    socket.destroy(new Error(`${url.host} did not answer within ${timeoutMs} ms`));
  });
  try {
    await once(socket, url.protocol === 'rediss:' ? 'secureConnect' : 'connect');
    socket.write(commands.map(writeCommand).join(''));
    let waiting = commands.length;
    let bytes = Buffer.alloc(0);
    for await (const chunk of socket) {
      bytes = Buffer.concat([bytes, chunk]);
      for (let read = readReply(bytes); read; read = readReply(bytes)) {
        if (read.reply instanceof ReplyError) throw read.reply;
        waiting -= 1;
        if (waiting === 0) return read.reply;
        bytes = Buffer.from(read.rest);
      }
    }
    throw new Error(`${url.host} closed the connection`);
  } finally {
    socket.destroy();
  }
}

function signIn({ username, password }: URL): readonly (readonly string[])[] {
  if (!password) return [];
  const words = ['AUTH', ...(username ? [username] : []), password];
  return [words.map(decodeURIComponent)];
}

import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { exchange } from '../exchange.ts';
import { addressOf } from '../service-url.ts';
import { type Reply, ReplyError, readReply, writeCommand } from './resp.ts';

/**
 * Asks a Redis server over a connection of its own, so that this package needs no client.
 *
 * @throws ReplyError when the server refuses.
 */
export async function askRedis(url: URL, command: readonly string[]): Promise<Reply> {
  const commands = [...signIn(url), command];
  const replies = exchange(connect(url), Buffer.from(commands.map(writeCommand).join('')));
  for await (const bytes of replies) {
    const reply = lastReply(bytes, commands.length);
    if (reply !== undefined) return reply;
  }
  throw new Error(`${url.host} has not answered`);
}

function connect(url: URL): Socket {
  const { host, port } = addressOf(url);
  return url.protocol === 'rediss:' ? connectTls({ host, port, servername: host }) : connectPlain(port, host);
}

function signIn({ username, password }: URL): readonly (readonly string[])[] {
  if (!password) return [];
  const words = ['AUTH', ...(username ? [username] : []), password];
  return [words.map(decodeURIComponent)];
}

/** The reply to the last of several commands, when it is there. */
function lastReply(bytes: Buffer, commands: number): Reply | undefined {
  let rest = bytes;
  for (let left = commands; left > 0; left -= 1) {
    const read = readReply(rest);
    if (!read) return undefined;
    if (read.reply instanceof ReplyError) throw read.reply;
    if (left === 1) return read.reply;
    rest = read.rest;
  }
  return undefined;
}

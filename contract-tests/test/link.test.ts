import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Link } from '../src/engine/link.ts';
import { openLink } from '../src/link/open-link.ts';

let server: Server;
/** The service's ends of the connections. */
let ends: Socket[];
/** What ended them. */
let endings: string[];
let link: Link;
const sockets: Socket[] = [];

/** Answers each line with `<line>!`, and `big` with 300,000 bytes in two halves. */
function serve(socket: Socket): void {
  ends.push(socket);
  socket.on('error', (error: NodeJS.ErrnoException) => endings.push(error.code ?? error.message));
  socket.on('end', () => endings.push('end'));
  socket.setEncoding('utf8').on('data', (data) => {
    for (const line of String(data).split('\n').filter(Boolean)) {
      if (line !== 'big') socket.write(`${line}!`);
      else {
        socket.write('1'.repeat(150_000));
        setTimeout(() => socket.write('2'.repeat(150_000)), 20);
      }
    }
  });
}

beforeEach(async () => {
  ends = [];
  endings = [];
  server = createServer(serve).listen(0, '127.0.0.1');
  await once(server, 'listening');
  link = await openLink({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
});

afterEach(async () => {
  await link.close();
  for (const socket of [...sockets.splice(0), ...ends]) socket.destroy();
  server.close();
  await once(server, 'close');
});

/** A connected client that keeps what it hears and how it ended. */
async function client() {
  const socket = connect({ ...link.address });
  sockets.push(socket);
  const seen = { heard: '', ended: '' };
  socket.setEncoding('utf8').on('data', (data) => {
    seen.heard += String(data);
  });
  socket.on('end', () => {
    seen.ended ||= 'end';
  });
  socket.on('error', (error: NodeJS.ErrnoException) => {
    seen.ended ||= error.code ?? error.message;
  });
  await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => {});
  return Object.assign(seen, { socket, say: (line: string) => socket.write(`${line}\n`) });
}

const until = (holds: () => boolean) =>
  expect.poll(holds, { interval: 2, timeout: 30_000 }).toBe(true) as Promise<void>;

const quietMs = 60;

describe('a link', () => {
  it('lets everything pass, in order and in both directions, until one side ends', async () => {
    const one = await client();
    for (let n = 0; n < 200; n += 1) one.say(`${n}`);
    const all = Array.from({ length: 200 }, (_, n) => `${n}!`).join('');
    await until(() => one.heard.length === all.length);
    expect(one.heard).toBe(all);
    one.say('big');
    await until(() => one.heard.length === all.length + 300_000);
    one.socket.end();
    await until(() => one.ended === 'end');
    expect(endings).toEqual(['end']);
  });

  it('lets more pass than any buffer holds, though the reader is slow', async () => {
    const one = await client();
    one.socket.pause();
    for (let n = 0; n < 40; n += 1) one.say('big');
    await delay(quietMs);
    one.socket.resume();
    await until(() => one.heard.length === 40 * 300_000);
  });

  it('resets both sides when it is cut, and lets new connections through', async () => {
    const [one, two] = [await client(), await client()];
    one.say('a');
    two.say('b');
    await until(() => one.heard === 'a!' && two.heard === 'b!');
    await link.cut();
    await until(() => one.ended !== '' && two.ended !== '' && endings.length === 2);
    expect([one.ended, two.ended, ...endings]).toEqual(Array(4).fill('ECONNRESET'));
    const three = await client();
    three.say('c');
    await until(() => three.heard === 'c!');
  });

  it('refuses connections until it is healed, at the same address', async () => {
    const one = await client();
    one.say('a');
    await until(() => one.heard === 'a!');
    await link.refuse();
    await until(() => one.ended === 'ECONNRESET');
    expect((await client()).ended).toBe('ECONNREFUSED');
    await link.refuse();
    await link.heal();
    const two = await client();
    two.say('b');
    await until(() => two.heard === 'b!');
  });

  it('lets nothing pass while it is a black hole, and delivers what it held when it is healed', async () => {
    const before = await client();
    before.say('a');
    await until(() => before.heard === 'a!');
    await link.blackhole();
    const after = await client();
    expect(after.socket.readyState).toBe('open');
    before.say('b');
    after.say('c');
    ends[0]?.write('unasked');
    await delay(quietMs);
    expect([before.heard, after.heard, before.ended, after.ended]).toEqual(['a!', '', '', '']);
    expect(ends).toHaveLength(1);
    await link.heal();
    await until(() => before.heard === 'a!unaskedb!' && after.heard === 'c!');
  });

  it('tells neither side of an end while it is a black hole', async () => {
    const one = await client();
    one.say('a');
    await until(() => one.heard === 'a!');
    await link.blackhole();
    one.socket.end('b\n');
    await delay(quietMs);
    expect(endings).toEqual([]);
    await link.heal();
    await until(() => one.heard === 'a!b!' && endings.length === 1);
    expect(endings).toEqual(['end']);
  });

  it('delays everything in each direction, without one thing waiting for another', async () => {
    const one = await client();
    await link.latency(500);
    const start = performance.now();
    one.say('a');
    await delay(30);
    one.say('b');
    await until(() => one.heard.startsWith('a!'));
    const first = performance.now() - start;
    await until(() => one.heard === 'a!b!');
    const second = performance.now() - start;
    expect(first).toBeGreaterThanOrEqual(998);
    expect(second).toBeGreaterThanOrEqual(first);
    // One after the other would take twice as long as one.
    expect(second).toBeLessThan(1950);
    one.say('c');
    await link.heal();
    await until(() => one.heard === 'a!b!c!');
    expect(performance.now() - start).toBeLessThan(second + 950);
  });

  it('drops one answer, also one in several pieces, and resets its connection', async () => {
    const one = await client();
    one.say('a');
    await until(() => one.heard === 'a!');
    await link.dropNextReply();
    expect(link.dropped()).toBe(false);
    one.say('big');
    await until(() => one.ended === 'ECONNRESET');
    expect(link.dropped()).toBe(true);
    await delay(quietMs);
    expect(one.heard).toBe('a!');
    const two = await client();
    two.say('b');
    await until(() => two.heard === 'b!');
    expect(two.ended).toBe('');
  });

  it('drops no answer to what was asked before, and what nobody asked for is no answer', async () => {
    const one = await client();
    one.say('a');
    await until(() => one.heard === 'a!');
    await link.dropNextReply();
    ends[0]?.write('late');
    await until(() => one.heard === 'a!late');
    one.say('b');
    await until(() => one.ended === 'ECONNRESET');
    expect([one.heard, link.dropped()]).toEqual(['a!late', true]);
  });

  it('lets as many answers pass before the one it drops as it is told', async () => {
    const one = await client();
    await link.dropNextReply({ after: 2 });
    one.say('a');
    await until(() => one.heard === 'a!');
    one.say('b');
    await until(() => one.heard === 'a!b!');
    expect(link.dropped()).toBe(false);
    one.say('c');
    await until(() => one.ended === 'ECONNRESET');
    expect([one.heard, link.dropped()]).toEqual(['a!b!', true]);
  });

  it('holds everything after the answer that it drops, when it is told to', async () => {
    const one = await client();
    await link.dropNextReply({ hold: true });
    one.say('a');
    await until(() => one.ended === 'ECONNRESET');
    const two = await client();
    two.say('b');
    await delay(quietMs);
    expect(two.heard).toBe('');
    await link.heal();
    await until(() => two.heard === 'b!');
  });

  it('drops nothing after it was healed', async () => {
    const one = await client();
    await link.dropNextReply();
    await link.heal();
    one.say('a');
    await until(() => one.heard === 'a!');
    expect(link.dropped()).toBe(false);
  });

  it('resets its clients when the service is not there, and goes on when it is back', async () => {
    const { port } = server.address() as AddressInfo;
    for (const socket of ends) socket.destroy();
    server.close();
    await once(server, 'close');
    const one = await client();
    await until(() => one.ended === 'ECONNRESET');
    server = createServer(serve).listen(port, '127.0.0.1');
    await once(server, 'listening');
    const two = await client();
    two.say('a');
    await until(() => two.heard === 'a!');
  });

  it('tells the service when a client is gone', async () => {
    const one = await client();
    one.say('a');
    await until(() => one.heard === 'a!');
    one.socket.resetAndDestroy();
    await until(() => endings.length === 1);
    expect(endings).toEqual(['ECONNRESET']);
  });

  it('listens where it is told', async () => {
    const { address } = link;
    const { port } = server.address() as AddressInfo;
    await expect(openLink({ host: '127.0.0.1', port }, address)).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
    await link.close();
    link = await openLink({ host: '127.0.0.1', port }, address);
    expect(link.address).toEqual(address);
    const one = await client();
    one.say('a');
    await until(() => one.heard === 'a!');
  });

  it.each(['healthy', 'a black hole', 'refusing', 'slow'])(
    'leaves nothing open when it is closed while %s',
    async (state) => {
      const { length } = ends;
      const clients = [await client(), await client(), await client()];
      for (const { say } of clients) say('a');
      await until(() => ends.length === length + 3);
      if (state === 'a black hole') await link.blackhole();
      if (state === 'refusing') await link.refuse();
      if (state === 'slow') await link.latency(5000);
      for (const { say } of clients) say('b');
      await delay(10);
      await link.close();
      await link.close();
      await until(() => clients.every(({ ended }) => ended !== '') && endings.length === 3);
      await delay(10);
      const left = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap');
      expect(left.length).toBeLessThanOrEqual(1);
      expect((await client()).ended).toBe('ECONNREFUSED');
    },
  );
});

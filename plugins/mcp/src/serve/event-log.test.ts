import { expect, it } from 'vitest';
import { eventLog } from './event-log.ts';

const message = (id: number, padding = '') => ({ jsonrpc: '2.0' as const, id, result: { padding } });

async function after(log: ReturnType<typeof eventLog>, id: string) {
  const sent: unknown[] = [];
  const stream = await log.replayEventsAfter(id, {
    send: (eventId, { id }: { id?: unknown } & object) => {
      sent.push([eventId, id]);
      return Promise.resolve();
    },
  });
  return { stream, sent };
}

it('tells again what a stream said after an event, and not what others said', async () => {
  const log = eventLog(10_000);
  for (const [i, stream] of ['a', 'b', 'a', 'b'].entries()) await log.storeEvent(stream, message(i));
  expect(await after(log, '1')).toEqual({ stream: 'a', sent: [['3', 2]] });
  expect(await log.getStreamIdForEventId?.('2')).toBe('b');
});

it('forgets what is oldest when there is too much, but not what came last', async () => {
  const log = eventLog(1000);
  for (let i = 1; i <= 5; i++) await log.storeEvent('a', message(i, 'x'.repeat(300)));
  expect(await log.getStreamIdForEventId?.('2')).toBeUndefined();
  await expect(after(log, '2')).rejects.toThrow('is not known any more');
  expect((await after(log, '4')).sent).toEqual([['5', 5]]);
  await log.storeEvent('a', message(6, 'x'.repeat(5000)));
  expect(await log.getStreamIdForEventId?.('6')).toBe('a');
});

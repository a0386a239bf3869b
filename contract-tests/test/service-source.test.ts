import { expect, it } from 'vitest';
import { shareServices } from '../src/engine/share-services.ts';
import { type Service, ServiceUnavailable, serviceSource } from '../src/index.ts';

/** A source that counts what it starts and closes. */
function counted(fails: (start: number) => boolean = () => false) {
  const counts = { started: 0, closed: 0 };
  const source = serviceSource('counted', async () => {
    counts.started += 1;
    if (fails(counts.started)) throw new ServiceUnavailable('not now');
    return {
      facts: { name: 'counted', version: `${counts.started}`, settings: {} },
      address: { host: '127.0.0.1', port: 7 },
      async close() {
        counts.closed += 1;
      },
    } satisfies Service;
  });
  return { counts, source };
}

it('starts a service once for all who hold it, and closes it with the last', async () => {
  const { counts, source } = counted();
  const [a, b] = await Promise.all([source.hold(), source.hold()]);
  expect(a.service).toBe(b.service);
  await a.release();
  await a.release();
  expect(counts).toEqual({ started: 1, closed: 0 });
  await b.release();
  expect(counts).toEqual({ started: 1, closed: 1 });
});

it('starts a new one only when the old one is closed', async () => {
  const { counts, source } = counted();
  const first = await source.hold();
  const closing = first.release();
  const second = await source.hold();
  expect(counts).toEqual({ started: 2, closed: 1 });
  expect(second.service.facts.version).toBe('2');
  await Promise.all([closing, second.release()]);
  expect(counts.closed).toBe(2);
});

it('tries again after a start that failed', async () => {
  const { counts, source } = counted((start) => start === 1);
  await expect(source.hold()).rejects.toThrow('not now');
  await (await source.hold()).release();
  expect(counts).toEqual({ started: 2, closed: 1 });
});

it('keeps a service up between the runs of a list', async () => {
  const { counts, source } = counted();
  const run = {
    contract: { id: 'none', version: '1.0', adapter: 'Adapter', groups: [] },
    name: 'counted',
    service: source,
    async subject() {
      const { service, release } = await source.hold();
      return {
        secondClient: true,
        service,
        open: () => Promise.reject(new Error('unused')),
        close: release,
      } as const;
    },
  };
  const shared = shareServices([run, run]);
  for (const { subject } of shared.runs) await (await subject()).close?.();
  expect(counts).toEqual({ started: 1, closed: 0 });
  await shared.release();
  expect(counts).toEqual({ started: 1, closed: 1 });
});

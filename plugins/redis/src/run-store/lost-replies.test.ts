import { describe, expect, it } from 'vitest';
import { errorOf, redisServer } from '../redis-server.fixture.ts';
import { openLossyWire } from './lossy-wire.fixture.ts';
import { runEvents, runRecord, seqsOf } from './runs.fixture.ts';

const server = redisServer();
const namespace = () => `lost replies ${process.pid} ${Math.random()}`;

/** Two stores of one namespace, one of them behind a wire that loses the reply to its next call. */
async function storesOnALossyWire() {
  const shared = { namespace: namespace() };
  const wire = await openLossyWire(server.service().url);
  const { runStore: direct } = await server.storage(shared);
  const { runStore: remote } = await server.storage({ ...shared, url: wire.url });
  // The server knows the scripts from here on: a reply that says it does not is no reply to what was asked.
  await direct.createRun(runRecord('first', { status: 'succeeded' }));
  await direct.append('first', { expectedSeq: 0, events: runEvents('first', 1) });
  await direct.lease('first', 'a', 1000);
  await direct.release('first', 'a');
  return { wire, direct, remote };
}

describe('a change whose reply is lost', () => {
  it('is found done when it is asked for again: an append is applied once, and says so', async () => {
    const { wire, direct, remote } = await storesOnALossyWire();
    await direct.createRun(runRecord('run'));
    const lost = wire.loseNextReply();
    const appending = remote.append('run', {
      expectedSeq: 0,
      events: runEvents('run', 1, 2),
      status: 'waiting',
    });
    await lost;
    wire.letIn();
    expect(await appending).toEqual({ applied: true, seq: 2 });
    expect(await seqsOf(direct, 'run')).toEqual([1, 2]);
    const next = { expectedSeq: 2, events: runEvents('run', 3) };
    expect(await remote.append('run', next)).toEqual({ applied: true, seq: 3 });
  });

  it('is unknown when somebody else has appended meanwhile', async () => {
    const { wire, direct, remote } = await storesOnALossyWire();
    await direct.createRun(runRecord('run'));
    const lost = wire.loseNextReply();
    const appending = errorOf(remote.append('run', { expectedSeq: 0, events: runEvents('run', 1) }));
    await lost;
    await direct.append('run', { expectedSeq: 1, events: runEvents('run', 2) });
    wire.letIn();
    expect(await appending).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      outcome: 'unknown',
      retryable: true,
    });
    expect(await seqsOf(direct, 'run')).toEqual([1, 2]);
  });

  it('is unknown when the server does not come back in time', async () => {
    const { wire, direct, remote } = await storesOnALossyWire();
    await direct.createRun(runRecord('run'));
    void wire.loseNextReply();
    const append = { expectedSeq: 0, events: runEvents('run', 1) };
    expect(await errorOf(remote.append('run', append))).toMatchObject({
      code: 'AIWORK_STORE_FAILED',
      outcome: 'unknown',
    });
    expect(await seqsOf(direct, 'run')).toEqual([1]);
  });

  it("is 'created' for who created the run", async () => {
    const { wire, direct, remote } = await storesOnALossyWire();
    await remote.getRun('run');
    const lost = wire.loseNextReply();
    const creating = remote.createRun(runRecord('run'), { lease: { owner: 'a', ttlMs: 60_000 } });
    await lost;
    wire.letIn();
    expect(await creating).toBe('created');
    expect((await direct.list({ status: 'running' })).items).toHaveLength(1);
    expect(await direct.lease('run', 'b', 1000)).toBe(false);
  });

  it('takes a lease, however often it is asked for', async () => {
    const { wire, direct, remote } = await storesOnALossyWire();
    await direct.createRun(runRecord('run'));
    const lost = wire.loseNextReply();
    const taking = remote.lease('run', 'a', 60_000);
    await lost;
    wire.letIn();
    expect(await taking).toBe(true);
    expect(await direct.lease('run', 'b', 1000)).toBe(false);
  });

  it('is not asked for again where that may undo what came after it: giving back a lease', async () => {
    const { wire, direct, remote } = await storesOnALossyWire();
    await direct.createRun(runRecord('run'), { lease: { owner: 'a', ttlMs: 60_000 } });
    const lost = wire.loseNextReply();
    const giving = errorOf(remote.release('run', 'a'));
    await lost;
    expect(await direct.lease('run', 'a', 60_000)).toBe(true);
    wire.letIn();
    expect(await giving).toMatchObject({ code: 'AIWORK_STORE_FAILED', outcome: 'unknown' });
    await remote.getRun('run');
    expect(await direct.lease('run', 'b', 1000)).toBe(false);
  });
});

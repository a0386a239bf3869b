import { describe, expect, it } from 'vitest';
import { storeKinds } from './stores.fixture.ts';

const bytes = (...values: number[]) => new Uint8Array(values);

describe.each(storeKinds)('a payload store $kind', ({ open }) => {
  it('keeps payloads by run and hash', async () => {
    const { payloadStore } = open();
    await payloadStore.put('a', 'h1', bytes(0, 255, 7));
    await payloadStore.put('b', 'h1', bytes(2));
    await payloadStore.put('a', 'h2', bytes());
    expect(await payloadStore.get('a', 'h1')).toEqual(bytes(0, 255, 7));
    expect(await payloadStore.get('b', 'h1')).toEqual(bytes(2));
    expect(await payloadStore.get('a', 'h2')).toEqual(bytes());
    expect(await payloadStore.get('b', 'h2')).toBeUndefined();
  });

  it('changes nothing when the same hash is put again', async () => {
    const { payloadStore } = open();
    await payloadStore.put('run', 'hash', bytes(1));
    await payloadStore.put('run', 'hash', bytes(1));
    expect(await payloadStore.get('run', 'hash')).toEqual(bytes(1));
  });

  it('shares no buffer with who writes or reads', async () => {
    const { payloadStore } = open();
    const written = bytes(1, 2);
    const putting = payloadStore.put('run', 'hash', written);
    written.fill(9);
    await putting;
    (await payloadStore.get('run', 'hash'))?.fill(8);
    expect(await payloadStore.get('run', 'hash')).toEqual(bytes(1, 2));
  });

  it('deletes the payloads of one run', async () => {
    const { payloadStore } = open();
    for (const runId of ['a', 'b']) await payloadStore.put(runId, 'hash', bytes(1));
    await payloadStore.deleteRun('a');
    await payloadStore.deleteRun('a');
    expect(await payloadStore.get('a', 'hash')).toBeUndefined();
    expect(await payloadStore.get('b', 'hash')).toEqual(bytes(1));
  });

  it('takes exactly maxPayloadBytes and not one more', async () => {
    const { payloadStore } = open({ maxPayloadBytes: 4 });
    expect(payloadStore.capabilities.maxPayloadBytes).toBe(4);
    await payloadStore.put('run', 'fits', new Uint8Array(4));
    await expect(payloadStore.put('run', 'not', new Uint8Array(5))).rejects.toMatchObject({
      code: 'AIWORK_LIMIT_EXCEEDED',
      outcome: 'not-applied',
    });
    expect(await payloadStore.get('run', 'not')).toBeUndefined();
  });

  it('refuses an empty hash and a run id that is none', async () => {
    const { payloadStore } = open();
    await expect(payloadStore.put('run', '', bytes(1))).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
    });
    await expect(payloadStore.put('\n', 'hash', bytes(1))).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
    });
  });

  it('refuses aborted calls and calls after close', async () => {
    const { payloadStore } = open();
    const calls = (signal?: AbortSignal) => {
      const options = signal ? { signal } : {};
      return [
        () => payloadStore.put('run', 'hash', bytes(1), options),
        () => payloadStore.get('run', 'hash', options),
        () => payloadStore.deleteRun('run', options),
      ];
    };
    for (const call of calls(AbortSignal.abort())) {
      await expect(call()).rejects.toMatchObject({ code: 'AIWORK_CANCELLED' });
    }
    expect(await payloadStore.get('run', 'hash')).toBeUndefined();
    await payloadStore.close();
    await payloadStore[Symbol.asyncDispose]();
    for (const call of calls()) await expect(call()).rejects.toMatchObject({ code: 'AIWORK_CLOSED' });
  });
});

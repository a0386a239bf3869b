import { describe, expect, it } from 'vitest';
import { readRequest } from './read-request.ts';
import { toRequest } from './request.ts';

const hash = 'a'.repeat(64);
const error = { name: 'Error', message: 'no', retryable: true };
const request = (fields: object) => ({ runId: 'r', input: {}, ...fields });

it('takes what answers say, and leaves out what is not said', () => {
  expect(toRequest({ runId: 'r', input: null })).toEqual({ runId: 'r', attempt: 1, input: null, needs: {} });
  const cause = { ...error, code: 'X', stepId: 's', retryAfterMs: 5, stack: 'at' };
  const needs = {
    a: { status: 'succeeded', output: 1 },
    b: { status: 'succeeded' },
    c: {
      status: 'succeeded',
      items: 2,
      outputs: [{ output: 1 }, { status: 'succeeded', ref: { hash, bytes: 9 } }],
    },
    d: { status: 'failed', error: { ...error, cause } },
    e: { status: 'skipped' },
  };
  expect(toRequest(request({ attempt: 4, needs })).needs).toEqual({
    a: { status: 'succeeded', carried: { output: 1 } },
    b: { status: 'succeeded', carried: {} },
    c: { status: 'succeeded', carried: { outputs: [{ output: 1 }, { ref: { hash, bytes: 9 } }] } },
    d: { status: 'failed', error: { ...error, cause } },
    e: { status: 'skipped' },
  });
});

it('keeps a step called __proto__ apart from what objects have', () => {
  const { needs } = toRequest(
    JSON.parse('{"runId":"r","input":1,"needs":{"__proto__":{"status":"skipped"}}}'),
  );
  expect(Object.entries(needs)).toEqual([['__proto__', { status: 'skipped' }]]);
});

describe('names the place of', () => {
  const need = (fields: object) => request({ needs: { 'a b': fields } });
  it.each([
    [[], 'the request is a list: it has to be an object'],
    [request({ runID: 1 }), 'the request has the unknown field "runID". Did you mean "runId"?'],
    [{ input: {} }, 'runId of the request is missing: it has to be a text'],
    [request({ inputRef: { hash, bytes: 1 } }), 'the request has both "input" and "inputRef"'],
    [request({ error: {} }), 'error.name of the request is missing'],
    [request({ attempt: 1.5 }), 'attempt of the request is 1.5: it has to be a whole number from 1 on'],
    [request({ needs: [] }), 'needs of the request has to be an object'],
    [need({ status: 'done' }), 'needs["a b"].status of the request has to be one of "succeeded", "failed"'],
    [need({ status: 'skipped', output: 1 }), 'needs["a b"] of the request has the unknown field "output"'],
    [need({ status: 'succeeded', output: 1, ref: { hash, bytes: 1 } }), 'has both "output" and "ref"'],
    [
      need({ status: 'succeeded', ref: { hash: '../x', bytes: 1 } }),
      'needs["a b"].ref.hash of the request is no SHA-256',
    ],
    [
      need({ status: 'succeeded', outputs: [{}, { outptu: 1 }] }),
      'needs["a b"].outputs[1] of the request has the unknown',
    ],
    [need({ status: 'failed' }), 'needs["a b"].error of the request is missing: it has to be an object'],
    [
      need({ status: 'failed', error: { ...error, retryable: 1 } }),
      'error.retryable of the request is a number',
    ],
    [need({ status: 'failed', error: { ...error, cause: 'x' } }), 'error.cause of the request is a string'],
    [request({ item: { index: 0 } }), 'item of the request needs either "value" or "ref"'],
    [request({ item: { index: -1, value: 1 } }), 'item.index of the request is -1'],
  ])('%j', (json, message) => {
    expect(() => toRequest(json)).toThrow(
      expect.objectContaining({ code: 'AIWORK_USAGE', message: expect.stringContaining(message) }),
    );
  });
});

describe('what is read', () => {
  async function* bytes(...chunks: Uint8Array[]) {
    yield* chunks;
  }

  it('may come in pieces', async () => {
    const whole = Buffer.from('{"runId":"é","input":1}');
    expect((await readRequest(bytes(whole.subarray(0, 11), whole.subarray(11)))).runId).toBe('é');
  });

  it.each([
    ['is empty', Buffer.from(''), 'is not JSON in UTF-8: it is empty'],
    ['is cut off', Buffer.from('{"runId"'), 'is not JSON in UTF-8'],
    ['is no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'is not JSON in UTF-8'],
    ['has more than 64 MiB', Buffer.alloc(64 * 1024 * 1024 + 1, 32), 'more than 67108864 bytes'],
  ])('is refused when it %s', async (_, data, message) => {
    await expect(readRequest(bytes(data))).rejects.toThrow(message);
  });
});

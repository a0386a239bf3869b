import { appendFile, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { apiKeys, newApiKey } from '../auth/api-keys.ts';
import { serve } from '../server.fixture.ts';
import { auditFile } from './audit-file.ts';
import type { AuditEntry } from './audit-log.ts';

async function file(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-audit-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, 'audit.jsonl');
}

const entriesOf = async (path: string): Promise<readonly AuditEntry[]> =>
  (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const entry = (execution: string): AuditEntry => ({
  at: '2027-01-01T00:00:00.000Z',
  action: 'start',
  outcome: 'done',
  address: '192.0.2.1',
  requestId: 'r',
  execution,
});

async function audited() {
  const entries: AuditEntry[] = [];
  const made = [
    { ...newApiKey(), id: 'ada', scopes: ['*:*'] },
    { ...newApiKey(), id: 'bob', scopes: ['double:read'] },
  ];
  const served = await serve({
    auth: [apiKeys(made.map(({ id, scopes, hash }) => ({ id, scopes, hash })))],
    audit: { write: (given) => void entries.push(given) },
  });
  const [ada, bob] = made.map(({ key }) => ({ 'x-api-key': key }));
  return { ...served, entries, ada, bob };
}

describe('the audit log', () => {
  it('says who started, answered, repeated, resumed and cancelled which execution', async () => {
    const { post, entries, ada } = await audited();
    const { body } = await post(
      '/execute',
      { unit: 'ask', input: { name: 'Ada', n: 1 } },
      { ...ada, prefer: 'wait=0' },
    );
    const id: string = body.executionId;
    await post(`/executions/${id}/signals/may`, { payload: { yes: true } }, ada);
    await post(`/executions/${id}/resume`, undefined, ada);
    const again = await post(`/executions/${id}/rerun`, undefined, ada);
    const { headers } = await post(`/executions/${again.body.executionId}/cancel`, { reason: 'late' }, ada);
    const common = { principal: 'ada', unit: 'ask', outcome: 'done', address: '127.0.0.1' };
    expect(entries).toEqual(
      [
        { action: 'start', execution: id },
        { action: 'signal', execution: id, step: 'may' },
        { action: 'resume', execution: id },
        { action: 'rerun', execution: again.body.executionId, rerunOf: id },
        { action: 'cancel', execution: again.body.executionId },
      ].map((each) => ({ ...common, ...each, at: expect.any(String), requestId: expect.any(String) })),
    );
    expect(entries.at(-1)?.requestId).toBe(headers.get('x-request-id'));
  });

  it('says who was kept from what', async () => {
    const { post, get, entries, ada, bob } = await audited();
    const { body } = await post('/execute', { unit: 'double', input: 1 }, ada);
    await post('/execute', { unit: 'double', input: 1 }, bob);
    await post('/execute', { unit: 'ask', input: {} }, bob);
    await post(`/executions/${body.executionId}/cancel`, undefined, bob);
    await post('/execute', { unit: 'ask', input: { name: 1 } }, ada);
    await get('/tasks', { 'x-api-key': 'guess' });
    await get('/tasks');
    expect(entries.slice(1).map(({ at: _at, requestId: _id, address: _address, ...rest }) => rest)).toEqual([
      { action: 'start', outcome: 'refused', code: 'AIWORK_FORBIDDEN', principal: 'bob', unit: 'double' },
      {
        action: 'start',
        outcome: 'refused',
        code: 'AIWORK_FLOW_NOT_REGISTERED',
        principal: 'bob',
        unit: 'ask',
      },
      {
        action: 'cancel',
        outcome: 'refused',
        code: 'AIWORK_RUN_NOT_FOUND',
        principal: 'bob',
        execution: body.executionId,
      },
      { action: 'start', outcome: 'refused', code: 'AIWORK_INVALID_INPUT', principal: 'ada', unit: 'ask' },
      { action: 'authenticate', outcome: 'refused', code: 'AIWORK_UNAUTHENTICATED' },
      { action: 'authenticate', outcome: 'refused', code: 'AIWORK_UNAUTHENTICATED' },
    ]);
  });

  it('has neither what was sent nor tokens in it', async () => {
    const { post, entries, ada } = await audited();
    const key = 'secret-idempotency-key';
    const tags = ['secret-tag'];
    await post(
      '/execute',
      { unit: 'broken', input: 'secret-input', tags },
      { ...ada, 'idempotency-key': key },
    );
    await post('/execute', { unit: 'broken', input: 1 }, { authorization: 'Bearer secret-token' });
    const text = JSON.stringify(entries);
    expect(entries).toHaveLength(2);
    expect(text).not.toMatch(/secret/);
    expect(text).not.toContain(ada?.['x-api-key']);
  });

  it('is written before the answer is given, and does not take it back when it fails', async () => {
    const gate = Promise.withResolvers<void>();
    let isWritten = false;
    const write = async () => {
      await gate.promise;
      isWritten = true;
      throw new Error('the disk is full');
    };
    const { post } = await serve({ audit: { write } });
    const answer = post('/execute', { unit: 'double', input: 2 }).then((given) => ({ ...given, isWritten }));
    gate.resolve();
    expect(await answer).toMatchObject({ status: 200, isWritten: true, body: { output: 4 } });
  });
});

describe('an audit log in a file', () => {
  it('has a line for each entry, in order, when writing is over', async () => {
    const path = await file();
    const log = auditFile(path);
    await Promise.all(Array.from({ length: 500 }, (_, i) => log.write(entry(`e${i}\n"`))));
    expect((await entriesOf(path)).map(({ execution }) => execution)).toEqual(
      Array.from({ length: 500 }, (_, i) => `e${i}\n"`),
    );
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('goes on after what is there, and after a line that was left in the middle', async () => {
    const path = await file();
    await writeFile(path, `${JSON.stringify(entry('a'))}\n{"at":"20`);
    await auditFile(path).write(entry('b'));
    const lines = (await readFile(path, 'utf8')).split('\n');
    expect(lines).toEqual([JSON.stringify(entry('a')), '{"at":"20', JSON.stringify(entry('b')), '']);
  });

  it('is begun anew when it was moved away', async () => {
    const path = await file();
    const log = auditFile(path);
    await log.write(entry('a'));
    await rename(path, `${path}.1`);
    await log.write(entry('b'));
    expect((await entriesOf(path)).map(({ execution }) => execution)).toEqual(['b']);
  });

  it('is one that several servers can share', async () => {
    const path = await file();
    const [one, other] = [auditFile(path), auditFile(path)];
    await Promise.all(Array.from({ length: 200 }, (_, i) => (i % 2 ? one : other).write(entry(`e${i}`))));
    await appendFile(path, '');
    expect(await entriesOf(path)).toHaveLength(200);
  });

  it('tells when it cannot be written, and goes on when it can', async () => {
    const path = join(await file(), 'no', 'folder');
    const log = auditFile(path);
    await expect(log.write(entry('a'))).rejects.toThrow(/ENOENT|ENOTDIR/);
    await expect(log.write(entry('b'))).rejects.toThrow(/ENOENT|ENOTDIR/);
  });
});

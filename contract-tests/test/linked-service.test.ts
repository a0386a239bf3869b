import { setImmediate } from 'node:timers/promises';
import type { Adapter } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { type Check, checkContract, defineSubject, formatReport, serviceSource } from '../src/index.ts';
import { freePort } from '../src/services/containers/free-port.ts';

type Nothing = Adapter<Record<string, never>>;

const linkCheck = (id: string, run: Check<Nothing>['run'] = async () => {}): Check<Nothing> => ({
  id,
  rule: 'It has a link of its own',
  anchor: 'Adapter',
  why: 'nobody knows',
  needs: ['link-faults'],
  run,
});

/** A service that tells its clients to come to one address, where its link has to listen. */
async function linkedSubject(checks: readonly Check<Nothing>[]) {
  const listen = { host: '127.0.0.1', port: await freePort() };
  const target = { host: '127.0.0.1', port: 7 };
  const close = async () => {};
  return defineSubject({
    contract: {
      id: 'nothing',
      version: '1.0',
      adapter: 'Adapter',
      groups: [{ id: 'all', title: 'All', checks }],
    },
    name: 'nothing',
    service: serviceSource('nothing', async () => ({
      facts: { name: 'nothing', version: '1.0', settings: {} },
      address: target,
      linked: { listen, target },
      close,
    })),
    open: () => ({ capabilities: {}, close, [Symbol.asyncDispose]: close }),
  });
}

describe('a service that tells its clients where to connect', () => {
  it('has one link at a time, at the address that it tells', async () => {
    const addresses: unknown[] = [];
    const run: Check<Nothing>['run'] = async (t) => {
      addresses.push((await t.link()).address);
      await setImmediate();
    };
    const subject = await linkedSubject(['a', 'b', 'c'].map((id) => linkCheck(id, run)));
    const report = await checkContract(subject);
    expect(report.verdict, formatReport(report)).toBe('conformant');
    expect(new Set(addresses.map((address) => JSON.stringify(address))).size).toBe(1);
  });

  it('keeps no check waiting that needs no link', async () => {
    const other = Promise.withResolvers<void>();
    const { needs: _, ...unlinked } = linkCheck('other', async () => other.resolve());
    const subject = await linkedSubject([
      linkCheck('holds the link', async (t) => {
        await t.link();
        await other.promise;
      }),
      linkCheck('waits for it'),
      unlinked,
    ]);
    const report = await checkContract(subject, { concurrency: 2, deadlineMs: 1000 });
    expect(report.verdict, formatReport(report)).toBe('conformant');
  });
});

import { afterEach, expect, it, vi } from 'vitest';
import { testVerdict } from '../src/bindings/test-verdict.ts';
import type { CheckResult } from '../src/index.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const result = (outcome: CheckResult['outcome']): CheckResult => ({
  id: 'a.b.c',
  rule: 'It works',
  anchor: 'Adapter',
  seed: 1,
  durationMs: 1,
  outcome,
  reason: 'no engine',
  failure: { expected: 'one', seen: 'two', message: 'all of it', replay: 'again' },
});

it('fails a blocked check under CI and skips it elsewhere, each time with the reason', () => {
  vi.stubEnv('CI', 'true');
  expect(testVerdict(result('blocked'))).toEqual({ fail: 'a.b.c is blocked: no engine' });
  vi.stubEnv('CI', '');
  expect(testVerdict(result('blocked'))).toEqual({ skip: 'a.b.c is blocked: no engine' });
});

it('fails with the whole message, skips with the reason, and lets the rest be', () => {
  expect(testVerdict(result('failed'))).toEqual({ fail: 'all of it' });
  expect(testVerdict(result('skipped'))).toEqual({ skip: 'no engine' });
  expect(testVerdict(result('passed'))).toEqual({});
  expect(testVerdict(result('known-failure'))).toEqual({});
});

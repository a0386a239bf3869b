import { describe, expect, it } from 'vitest';
import type { Block } from '../document.ts';
import { calm } from '../testing/folder.fixture.ts';
import { redactSecrets } from './redact-secrets.ts';

const block = (text: string): Block => ({ kind: 'code', text, line: 1, headings: [] });
const redact = async (...texts: string[]) =>
  (await redactSecrets(texts.map(block), calm)).map(({ text }) => text);

const key = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7'.repeat(1);

describe('redactSecrets', () => {
  it.each([
    ['a GitHub token', `token: ghp_${'a1B2'.repeat(9)}`, 'token: [redacted]'],
    ['an AWS key', 'id = AKIAIOSFODNN7EXAMPLE', 'id = [redacted]'],
    ['an API key', `key: sk-proj-${'a1B2'.repeat(8)}`, 'key: [redacted]'],
    ['a password in an address', 'postgres://ada:hunter22@db/x', '[redacted]db/x'],
    [
      'a private key',
      `-----BEGIN RSA PRIVATE KEY-----\n${key}\n-----END RSA PRIVATE KEY-----\nafter`,
      '[redacted]\nafter',
    ],
  ])('takes out %s', async (_, text, redacted) => {
    expect(await redact('before', text)).toEqual(['before', redacted]);
  });

  it('takes out both parts of a private key that was cut', async () => {
    expect(
      await redact(`-----BEGIN PRIVATE KEY-----\n${key}`, `${key}\n${key}\n-----END PRIVATE KEY-----`),
    ).toEqual(['[redacted]', '[redacted]']);
  });

  it('leaves everything else as it is', async () => {
    const texts = ['See https://example.org:8080/@ada', 'sk-short', 'a'.repeat(100), 'BEGIN PRIVATE KEY'];
    expect(await redact(...texts)).toEqual(texts);
  });
});

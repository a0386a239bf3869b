import { expect, it } from 'vitest';
import { redactorFor } from './redact.ts';

it('takes what a program was given out of texts', () => {
  const redact = redactorFor({
    command: 'x',
    env: { KEY: 'sk-123456', MODE: 'dev', LONG: 'sk-123456-and-more' },
  });
  expect(redact('sk-123456-and-more, sk-123456 in dev')).toBe('[redacted], [redacted] in dev');
});

it('takes headers that change out of texts as they are now', () => {
  let token = 'tok-one';
  const redact = redactorFor(
    { url: 'https://example.org/mcp', headers: () => ({ authorization: `Bearer ${token}` }) },
    () => new Headers({ authorization: `Bearer ${token}` }),
  );
  expect(redact('tok-one is over')).toBe('[redacted] is over');
  token = 'tok-two';
  expect(redact('tok-two is over')).toBe('[redacted] is over');
});

it('takes headers and what is secret of a URL out of texts', () => {
  const redact = redactorFor({
    url: 'https://user:p%40ssword@example.org/mcp?key=abcdef',
    headers: { authorization: 'Bearer tok-123' },
  });
  const text = 'Bearer tok-123; tok-123; p%40ssword; p@ssword; https://example.org/mcp?key=abcdef';
  expect(redact(text)).toBe(
    '[redacted]; [redacted]; [redacted]; [redacted]; https://example.org/mcp[redacted]',
  );
});

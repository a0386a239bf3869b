import { describe, expect, it } from 'vitest';
import { checkText } from './check-text.fixture.ts';
import { regexGuardrail } from './regex-guardrail.ts';
import { secretPatterns } from './secret-patterns.ts';

const guardrail = regexGuardrail({ name: 'secrets', patterns: secretPatterns, onFail: 'redact' });
const letters = (count: number) => 'aB3dE5gH7jK9'.repeat(50).slice(0, count);

// Put together here, so that nobody who looks for secrets finds some in this file.
const secrets: readonly (readonly [name: string, secret: string])[] = [
  ['private key', ['-----BEGIN', 'RSA PRIVATE KEY-----\nMIIE\n-----END', 'RSA PRIVATE KEY-----'].join(' ')],
  ['AWS access key', `AKIA${'ABCD2345'.repeat(2)}`],
  ['GitHub token', `ghp_${letters(36)}`],
  ['GitHub token', `github_pat_${letters(82)}`],
  ['GitLab token', `glpat-${letters(20)}`],
  ['npm token', `npm_${letters(36)}`],
  ['PyPI token', `pypi-${letters(80)}`],
  ['Slack token', `xoxb-${letters(24)}`],
  ['Slack token', `https://hooks.slack.com/services/${letters(30)}`],
  ['Stripe key', `sk_live_${letters(24)}`],
  ['Google API key', `AIza${letters(35)}`],
  ['Google client secret', `GOCSPX-${letters(28)}`],
  ['key of a model provider', `sk-ant-api03-${letters(40)}`],
  ['key of a model provider', `sk-proj-${letters(40)}`],
  ['Hugging Face token', `hf_${'abcdEFGH'.repeat(4)}`],
  ['SendGrid key', `SG.${letters(22)}.${letters(43)}`],
  ['Azure storage key', `AccountKey=${letters(86)}==`],
  ['JSON Web Token', `eyJ${letters(20)}.eyJ${letters(30)}.${letters(40)}`],
  ['password in a URL', `postgres://app:${letters(12)}@`],
];

describe('secretPatterns', () => {
  it.each(secrets)('finds a %s in the middle of text', async (name, secret) => {
    expect(await checkText(guardrail, `key="${secret}"`)).toEqual({
      action: 'redact',
      text: 'key="[redacted]"',
      reason: `replaced 1 match of pattern "${name}"`,
    });
  });

  it('finds a private key whose end is cut off', async () => {
    const key = ['-----BEGIN', 'PRIVATE KEY-----'].join(' ');
    expect(await checkText(guardrail, `it is ${key}\nMIIE`)).toMatchObject({ text: 'it is [redacted]' });
  });

  it('has an example of each here', () => {
    expect(new Set(secrets.map(([name]) => name))).toEqual(new Set(Object.keys(secretPatterns)));
  });

  it.each([
    'a commit: 4c78d0b2a9f3e1d5c6b7a8f9e0d1c2b3a4f5e6d7',
    'an id: 123e4567-e89b-12d3-a456-426614174000',
    'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    'https://example.org:8080/path?user=ada@example.org',
    'task-force and risk-based, sk-learn',
    'password: see the vault',
    '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----',
  ])('passes %j', async (text) => {
    expect(await checkText(guardrail, text)).toEqual({ action: 'pass' });
  });
});

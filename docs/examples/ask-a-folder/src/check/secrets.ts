import type { Guardrail } from '@aiwork/core';
import { regexGuardrail } from '@aiwork/guardrails';

/** Keys and tokens by their well-known shapes, replaced wherever a passage or answer holds one. */
export function secretsGuardrail(): Guardrail {
  return regexGuardrail({
    name: 'secrets',
    onFail: 'redact',
    maxTextBytes: 64_000_000,
    patterns: {
      // To the end of the text when it was cut in between, and from there to its last line.
      'private key': /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[^-]|-[^-])*(?:-----END [A-Z ]*PRIVATE KEY-----)?/,
      'end of a private key': /(?:[A-Za-z0-9+/=]{16,}\s+)*-----END [A-Z ]*PRIVATE KEY-----/,
      'AWS access key': /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
      'GitHub token': /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{60,})\b/,
      'GitLab token': /\bglpat-[A-Za-z0-9_-]{20,}/,
      'Slack token': /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
      'API key': /\bsk-(?:[a-z]+-)*[A-Za-z0-9_-]{20,}/,
      'npm token': /\bnpm_[A-Za-z0-9]{36}\b/,
      'JSON web token': /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/,
      'password in an address': /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/]{1,64}:[^\s:@/]{3,128}@/,
    },
  });
}

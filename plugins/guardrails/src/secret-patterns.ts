/**
 * What keys and tokens of common services look like, by their published prefixes, for {@link regexGuardrail}. Found are
 * tokens with a form of their own, private keys, and passwords in URLs; a password that is just a word is not.
 *
 * @example
 * ```ts
 * import { regexGuardrail, secretPatterns } from '@aiwork/guardrails';
 *
 * const secrets = regexGuardrail({
 *   name: 'secrets',
 *   on: ['output', 'tool-call', 'tool-result'],
 *   patterns: secretPatterns,
 *   onFail: 'redact',
 * });
 * const { signal } = new AbortController();
 * const text = 'DATABASE_URL=postgres://app:hunter2@db.internal/shop';
 * console.log(await secrets.check({ text, final: true }, { signal }));
 * // { action: 'redact', text: 'DATABASE_URL=[redacted]db.internal/shop', reason: 'replaced 1 match of pattern "password in a URL"' }
 * ```
 * @since 0.1.0
 */
export const secretPatterns: Readonly<Record<string, RegExp>> = Object.freeze({
  'private key':
    /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-[^-])*(?:-----END [A-Z0-9 ]+-----)?/,
  'AWS access key': /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/,
  'GitHub token': /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255})\b/,
  'GitLab token': /\bgl(?:pat|dt|rt|ptt|soat|cbt)-[A-Za-z0-9_.-]{20,300}/,
  'npm token': /\bnpm_[A-Za-z0-9]{36}\b/,
  'PyPI token': /\bpypi-[A-Za-z0-9_-]{50,1000}/,
  'Slack token':
    /\bxox[abeoprs]-[A-Za-z0-9-]{10,250}|https:\/\/hooks\.slack\.com\/services\/[A-Za-z0-9/]{20,100}/,
  'Stripe key': /\b(?:sk|rk|whsec)_(?:live_|test_)?[A-Za-z0-9]{20,250}\b/,
  'Google API key': /\bAIza[A-Za-z0-9_-]{35}/,
  'Google client secret': /\bGOCSPX-[A-Za-z0-9_-]{28}/,
  'key of a model provider': /\bsk-(?:ant-|proj-|or-v1-|svcacct-)?[A-Za-z0-9_-]{20,250}/,
  'Hugging Face token': /\bhf_[A-Za-z]{30,50}\b/,
  'SendGrid key': /\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}/,
  'Azure storage key': /\bAccountKey=[A-Za-z0-9+/]{86}==/,
  'JSON Web Token': /\beyJ[A-Za-z0-9_-]{10,1000}\.eyJ[A-Za-z0-9_-]{10,1000}\.[A-Za-z0-9_-]{10,1000}/,
  'password in a URL': /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/?#@]{0,100}:[^\s/?#@]{1,200}@/i,
});

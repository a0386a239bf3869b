import { createHmac, randomBytes } from 'node:crypto';
import { invalidArgument } from '@aiwork/core/adapter-kit';

const prefix = 'whsec_';

/**
 * A secret to sign webhooks with, to be given to who receives them, too.
 *
 * @example
 * ```ts
 * import { newWebhookSecret } from '@aiwork/server';
 *
 * console.log(newWebhookSecret().startsWith('whsec_')); // true
 * ```
 * @since 0.1.0
 */
export const newWebhookSecret = () => `${prefix}${randomBytes(32).toString('base64')}`;

/** The bytes of a secret. @throws `AIWORK_INVALID_ARGUMENT`, which does not show it. */
export function parseSecret(secret: string, name: string): Buffer {
  const encoded = secret.startsWith(prefix) ? secret.slice(prefix.length) : '';
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === encoded) return bytes;
  throw invalidArgument(
    `the secret of webhook "${name}" is none: give ${prefix} and 24 to 64 bytes in base64, as newWebhookSecret() makes it`,
  );
}

export interface Signed {
  readonly id: string;
  readonly atSeconds: number;
  readonly body: string;
}

/** The headers of a delivery, as Standard Webhooks has them: one signature for each secret. */
export function signatureHeaders(secrets: readonly Buffer[], { id, atSeconds, body }: Signed) {
  const sign = (secret: Buffer) =>
    `v1,${createHmac('sha256', secret).update(`${id}.${atSeconds}.${body}`).digest('base64')}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(atSeconds),
    'webhook-signature': secrets.map(sign).join(' '),
  };
}

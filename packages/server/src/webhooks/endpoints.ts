import { invalidArgument } from '@aiwork/core/adapter-kit';
import { parseSecret } from './signature.ts';
import type { Webhook, WebhookReport } from './webhook.ts';

/** A webhook that was checked, and what has become of it. */
export interface Endpoint {
  readonly name: string;
  readonly url: URL;
  readonly secrets: readonly Buffer[];
  readonly events: ReadonlySet<string>;
  wants(type: string, unitId: string): boolean;
  /** Notes an attempt: without an error, it was delivered. */
  note(error?: unknown): void;
  report(): WebhookReport;
}

/** @throws `AIWORK_INVALID_ARGUMENT` when one cannot be used, or two have one name. */
export function endpointsOf(
  webhooks: readonly Webhook[],
  allowsHttp: boolean,
): ReadonlyMap<string, Endpoint> {
  const endpoints = new Map<string, Endpoint>();
  for (const webhook of webhooks) {
    if (endpoints.has(webhook.name)) throw invalidArgument(`two webhooks are called "${webhook.name}"`);
    endpoints.set(webhook.name, endpointOf(webhook, allowsHttp));
  }
  return endpoints;
}

function endpointOf(webhook: Webhook, allowsHttp: boolean): Endpoint {
  const { name, events = ['run.finished', 'step.waiting'], units } = webhook;
  if (typeof name !== 'string' || !/^[\x21-\x7e]{1,100}$/.test(name))
    throw invalidArgument(
      `a webhook is called ${JSON.stringify(name)}: give 1 to 100 visible ASCII characters`,
    );
  const types = new Set<string>(events);
  const secrets = [webhook.secret].flat();
  if (secrets.length === 0)
    throw invalidArgument(`webhook "${name}" has no secret: newWebhookSecret() makes one`);
  let delivered = 0;
  let failures = 0;
  let lastDeliveredAt: number | undefined;
  let lastError: WebhookReport['lastError'];
  return {
    name,
    url: urlOf(webhook, allowsHttp),
    secrets: secrets.map((secret) => parseSecret(secret, name)),
    events: types,
    wants: (type, unitId) => types.has(type) && (units === undefined || units.includes(unitId)),
    note(error) {
      if (error === undefined) {
        delivered += 1;
        lastDeliveredAt = Date.now();
        return;
      }
      failures += 1;
      lastError = { at: Date.now(), message: error instanceof Error ? error.message : String(error) };
    },
    report: () => ({
      name,
      delivered,
      failures,
      ...(lastDeliveredAt !== undefined && { lastDeliveredAt }),
      ...(lastError && { lastError }),
    }),
  };
}

/** Its address is not shown: many are secrets themselves. */
function urlOf({ name, url }: Webhook, allowsHttp: boolean): URL {
  const parsed = URL.canParse(String(url)) ? new URL(url) : undefined;
  if (parsed?.username || parsed?.password)
    throw invalidArgument(`the URL of webhook "${name}" has a user name: deliveries are signed instead`);
  if (parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && allowsHttp)) return parsed;
  throw invalidArgument(
    `the URL of webhook "${name}" is none of https:, nor of http: with allowedNetworks that hold its host`,
  );
}

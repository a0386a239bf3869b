import {
  type AnyUnit,
  definePlugin,
  hasCode,
  type Orchestrator,
  type Plugin,
  type RunEvent,
} from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import {
  type DeliveryInput,
  deliveryTask,
  deliveryUnitId,
  startDelivery,
  undeliverable,
} from './delivery-task.ts';
import { endpointsOf } from './endpoints.ts';
import { takeUpDeliveries } from './left-deliveries.ts';
import { networksOf } from './networks.ts';
import { messageId, payloadOf } from './payload.ts';
import { post } from './post.ts';
import { signatureHeaders } from './signature.ts';
import type { WebhookReport, WebhooksOptions } from './webhook.ts';

/** @since 0.1.0 */
export interface Webhooks {
  /** To be given to the orchestrator, in every process that works on its runs. */
  readonly plugin: Plugin;
  /**
   * Delivers by an orchestrator, and goes on with what other processes left, until disposed of. A server that is given
   * webhooks does this.
   *
   * @throws `AIWORK_INVALID_ARGUMENT` when the orchestrator does not have the plugin.
   */
  deliverFor(orchestrator: Orchestrator, units: readonly AnyUnit[]): Promise<AsyncDisposable>;
  /** What this process has delivered, for each webhook. */
  report(): readonly WebhookReport[];
}

const lookEveryMs = 10_000;

/**
 * Posts events of executions to endpoints, signed as Standard Webhooks has it.
 *
 * A delivery is a run of its own, of the unit `aiwork.webhook`: it is tried again, outlives the process where the run store
 * does, and is found by `orchestrator.list({ unitId: 'aiwork.webhook' })`. An endpoint is told at least once, maybe twice
 * and not always in order: `webhook-id` is the same each time.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when an option cannot be used.
 * @example
 * ```ts
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { createServer, createWebhooks, newWebhookSecret } from '@aiwork/server';
 * import { z } from 'zod';
 *
 * const double = defineTask({ id: 'double', input: z.number(), run: (n) => 2 * n });
 * const webhooks = createWebhooks({
 *   endpoints: [{ name: 'ops', url: 'https://hooks.example.org/aiwork', secret: newWebhookSecret() }],
 * });
 * await using orchestrator = createOrchestrator({ units: [double], plugins: [webhooks.plugin] });
 * await using server = await createServer({ orchestrator, units: [double], webhooks });
 * console.log(webhooks.report()); // [ { name: 'ops', delivered: 0, failures: 0 } ]
 * ```
 * @since 0.1.0
 */
export function createWebhooks(options: WebhooksOptions): Webhooks {
  const { endpoints: given, allowedNetworks = [], timeoutMs = 15_000 } = options;
  const { retry = { maxAttempts: 10, minDelay: '5s', maxDelay: '1h' } } = options;
  const networks = networksOf(allowedNetworks);
  const endpoints = endpointsOf(given, allowedNetworks.length > 0);
  const task = deliveryTask({ retry, timeoutMs, deliver });
  const starting = new Set<Promise<void>>();
  let isPlugged = false;
  let serving: { readonly orchestrator: Orchestrator; readonly unitIds: ReadonlySet<string> } | undefined;

  async function deliver(
    { webhook, runId, seq }: DeliveryInput,
    { signal }: { readonly signal: AbortSignal },
  ) {
    const endpoint = endpoints.get(webhook);
    if (!endpoint || !serving) throw undeliverable(webhook, 'there is none of this name any more');
    const { orchestrator } = serving;
    const record = await orchestrator.get(runId);
    const event = record && (await eventAt(orchestrator, runId, seq));
    if (!event) throw undeliverable(webhook, `event ${seq} of run "${runId}" is not in the journal any more`);
    const body = payloadOf(record, event);
    const signed = { id: messageId(runId, seq), atSeconds: Math.floor(Date.now() / 1000), body };
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'aiwork',
      ...signatureHeaders(endpoint.secrets, signed),
    };
    try {
      await post({ name: webhook, url: endpoint.url, headers, body, networks, signal });
      endpoint.note();
    } catch (error) {
      endpoint.note(error);
      throw error;
    }
  }

  function see(event: RunEvent): void {
    if (!serving || event.runId.startsWith(`${deliveryUnitId}~`)) return;
    const { orchestrator } = serving;
    // Its last process may have gone between an event and its delivery.
    const started =
      event.type === 'run.resumed' ? tellAll(orchestrator, event.runId) : tell(orchestrator, event);
    const owned = started
      .catch((error: unknown) => {
        // What a closed orchestrator has not begun, the next process finds.
        if (!hasCode(error, 'AIWORK_CLOSED'))
          process.emitWarning(`a webhook is not begun: ${error}`, 'AiworkWarning');
      })
      .finally(() => starting.delete(owned));
    starting.add(owned);
  }

  async function tell(orchestrator: Orchestrator, { type, runId, seq }: RunEvent): Promise<void> {
    const interested = [...endpoints.values()].filter(({ events }) => events.has(type));
    if (interested.length === 0) return;
    const record = await orchestrator.get(runId);
    // What a step started is a part of what is told of.
    if (!record || record.parent || !serving?.unitIds.has(record.unitId)) return;
    for (const { name, wants } of interested)
      if (wants(type, record.unitId)) await startDelivery(orchestrator, task, { webhook: name, runId, seq });
  }

  async function tellAll(orchestrator: Orchestrator, runId: string): Promise<void> {
    for await (const event of orchestrator.events(runId)) await tell(orchestrator, event);
  }

  return {
    plugin: definePlugin({
      name: 'webhooks',
      setup(host) {
        isPlugged = true;
        const types = new Set([...endpoints.values()].flatMap(({ events }) => [...events]));
        for (const type of [...types, 'run.resumed'] as RunEvent['type'][]) host.on(type, see);
      },
    })(),
    async deliverFor(orchestrator, units) {
      // Plugins are set up by the first call that reads a run.
      await orchestrator.list({ limit: 1 });
      if (!isPlugged)
        throw invalidArgument(
          'webhooks are told nothing: give webhooks.plugin to createOrchestrator({ plugins })',
        );
      serving = { orchestrator, unitIds: new Set(units.map(({ id }) => id)) };
      const { unitIds } = serving;
      const stop = takeUpDeliveries({ orchestrator, task, unitIds, everyMs: lookEveryMs, tellAll });
      return {
        async [Symbol.asyncDispose]() {
          await stop();
          await Promise.all(starting);
        },
      };
    },
    report: () => [...endpoints.values()].map((endpoint) => endpoint.report()),
  };
}

async function eventAt(
  orchestrator: Orchestrator,
  runId: string,
  seq: number,
): Promise<RunEvent | undefined> {
  for await (const event of orchestrator.events(runId, { afterSeq: seq - 1 }))
    return event.seq === seq ? event : undefined;
  return undefined;
}

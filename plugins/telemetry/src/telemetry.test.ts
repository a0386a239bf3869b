import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type OtelCollectorService, otelCollectorService } from '@aiwork/contract-tests/services';
import { createOrchestrator, defineAgent, defineFlow, defineTask, defineTool } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { context, propagation, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createTelemetry, type TelemetryOptions } from './index.ts';

const source = otelCollectorService();
let held: Awaited<ReturnType<typeof source.hold>>;
beforeAll(async () => {
  held = await source.hold();
}, 300_000);
afterAll(() => held[Symbol.asyncDispose]());

let services = 0;

/** Telemetry that sends to the collector, and what came there. */
function watched(options: TelemetryOptions = {}) {
  services += 1;
  const serviceName = `service-${services}`;
  const service: OtelCollectorService = held.service;
  const telemetry = createTelemetry({ serviceName, endpoint: service.url, maxFlushMs: 20_000, ...options });
  onTestFinished(() => telemetry.close());
  return { telemetry, received: () => service.received(serviceName) };
}

const add = defineTool({
  name: 'add',
  description: 'Adds two numbers.',
  input: z.object({ a: z.number(), b: z.number() }),
  run: ({ a, b }) => a + b,
});

const usage = { inputTokens: 7, outputTokens: 3 };

/** An agent that adds, and a flow that asks it. */
function asking() {
  const model = scriptedChatModel(
    [
      { toolCalls: [{ name: 'add', input: { a: 1, b: 2 } }], usage },
      { text: 'It is 3.', usage },
    ],
    { id: 'small' },
  );
  const agent = defineAgent({ id: 'calculator', instructions: 'Add secretly.', model, tools: [add] });
  return defineFlow({ id: 'sums', input: z.object({}) }, (f) => f.call('ask', agent, 'What is 1 + 2?'));
}

describe('a run, seen at the collector', () => {
  it('is a tree of run, steps, agent, model calls and tool calls, as the conventions for AI name them', async () => {
    const { telemetry, received } = watched();
    await using ai = createOrchestrator({ plugins: [telemetry.plugin] });
    expect(await (await ai.start(asking(), {})).result()).toBe('It is 3.');
    await telemetry.flush();
    const { spans } = received();
    const nameOf = (id: string | undefined) => spans.find(({ spanId }) => spanId === id)?.name;
    expect(spans.map(({ name, parentSpanId }) => `${nameOf(parentSpanId)} > ${name}`).sort()).toEqual([
      'invoke_agent calculator > chat small',
      'invoke_agent calculator > chat small',
      'invoke_agent calculator > execute_tool add',
      'run sums > invoke_agent calculator',
      'undefined > run sums',
    ]);
    const attributes = Object.fromEntries(spans.map((span) => [span.name, span.attributes]));
    expect(attributes['chat small']).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'small',
      'gen_ai.usage.input_tokens': 7,
      'gen_ai.usage.output_tokens': 3,
    });
    expect(attributes['execute_tool add']).toMatchObject({
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': 'add',
      'aiwork.step.id': 'ask/1.1-add',
    });
    expect(attributes['invoke_agent calculator']).toMatchObject({ 'gen_ai.agent.name': 'calculator' });
    expect(attributes['run sums']).toMatchObject({
      'aiwork.unit.kind': 'flow',
      'aiwork.status': 'succeeded',
    });
  });

  it('says nothing of what it works on, until it is asked to, and then what the redaction leaves', async () => {
    const quiet = watched();
    const open = watched({ captureContent: true, redact: (text) => text.replaceAll('secretly', '…') });
    for (const { telemetry } of [quiet, open]) {
      await using ai = createOrchestrator({ plugins: [telemetry.plugin] });
      await (await ai.start(asking(), {})).result();
      await telemetry.flush();
    }
    const texts = (spans: readonly { readonly attributes: object }[]) =>
      JSON.stringify(spans.map(({ attributes }) => attributes));
    for (const content of ['What is 1 + 2?', 'It is 3.', 'secretly', '\\"a\\":1']) {
      expect(texts(quiet.received().spans)).not.toContain(content);
    }
    const { spans } = open.received();
    const [first] = spans.filter(({ name }) => name === 'chat small');
    expect(first?.attributes['gen_ai.input.messages']).toBe(
      '[{"role":"user","parts":[{"type":"text","content":"What is 1 + 2?"}]}]',
    );
    expect(first?.attributes['gen_ai.system_instructions']).toBe('[{"type":"text","content":"Add …."}]');
    expect(JSON.parse(String(first?.attributes['gen_ai.output.messages']))).toMatchObject([
      { role: 'assistant', parts: [{ type: 'tool_call', name: 'add', arguments: { a: 1, b: 2 } }] },
    ]);
    const tool = spans.find(({ name }) => name === 'execute_tool add');
    expect(tool?.attributes).toMatchObject({
      'gen_ai.tool.call.arguments': '{"a":1,"b":2}',
      'gen_ai.tool.call.result': '3',
    });
  });

  it('has what instrumented code does in a step be a part of it, over the wire, too', async () => {
    const { telemetry, received } = watched();
    const seen: unknown[] = [];
    const other = createServer((request, response) => {
      seen.push(request.headers['traceparent']);
      response.end();
    }).listen(0);
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const fetching = defineTask({
      id: 'fetching',
      input: z.unknown(),
      async run() {
        await new Promise((resolve) => setImmediate(resolve));
        // As an instrumented client does it.
        await trace.getTracer('client').startActiveSpan('GET', async (span) => {
          const headers: Record<string, string> = {};
          propagation.inject(context.active(), headers);
          await fetch(`http://127.0.0.1:${port}`, { headers });
          span.end();
        });
      },
    });
    await using ai = createOrchestrator({ plugins: [telemetry.plugin] });
    await (await ai.start(fetching, {})).result();
    await telemetry.flush();
    const { spans } = received();
    const step = spans.find(({ name }) => name === 'step fetching');
    const get = spans.find(({ name }) => name === 'GET');
    expect(get).toMatchObject({ parentSpanId: step?.spanId, traceId: step?.traceId });
    expect(seen).toEqual([`00-${get?.traceId}-${get?.spanId}-01`]);
  });

  it('has what code of a step says of its span, as any code may by the API', async () => {
    const { telemetry, received } = watched();
    const pouring = defineTask({
      id: 'pouring',
      input: z.unknown(),
      run() {
        const span = trace.getActiveSpan();
        span?.setAttribute('cups', 2).addEvent('poured').updateName('pouring tea');
        span?.recordException(new TypeError('spilt'));
        return span?.isRecording();
      },
    });
    await using ai = createOrchestrator({ plugins: [telemetry.plugin] });
    expect(await (await ai.start(pouring, {})).result()).toBe(true);
    await telemetry.flush();
    const { spans } = received();
    const run = spans.find(({ name }) => name === 'run pouring');
    expect(spans.map(({ name }) => name).sort()).toEqual(['pouring tea', 'run pouring']);
    expect(spans.find(({ name }) => name === 'pouring tea')).toMatchObject({
      parentSpanId: run?.spanId,
      traceId: run?.traceId,
      attributes: { cups: 2, 'aiwork.step.id': 'pouring', 'aiwork.attempt': 1, 'aiwork.status': 'succeeded' },
    });
  });

  it('has failures by their code, and log lines with the ids of their step', async () => {
    const { telemetry, received } = watched();
    const failing = defineTask({
      id: 'failing',
      input: z.unknown(),
      run(_, { log }) {
        log.warn('low on paper', { sheets: 'canary' });
        throw Object.assign(new TypeError('canary in the error'), { name: 'PaperError' });
      },
    });
    await using ai = createOrchestrator({ plugins: [telemetry.plugin] });
    await (await ai.start(failing, {})).result().catch(() => {});
    await telemetry.flush();
    const { spans, logs, points } = received();
    const step = spans.find(({ name }) => name === 'step failing');
    expect(step).toMatchObject({ status: 'error', statusMessage: '' });
    expect(step?.attributes['error.type']).toBe('PaperError');
    expect(logs).toMatchObject([
      { body: 'low on paper', severity: 'WARN', traceId: step?.traceId, spanId: step?.spanId },
    ]);
    expect(JSON.stringify([spans.map((span) => span.attributes), logs])).not.toContain('canary');
    const runs = points.filter(({ metric }) => metric === 'aiwork.runs');
    expect(runs.at(-1)).toMatchObject({ value: 1, attributes: { unit: 'failing', status: 'failed' } });
  });
});

import {
  createMemoryTaskQueue,
  createOrchestrator,
  definePlugin,
  defineTask,
  readTraceContext,
} from '@aiwork/core';
import { ProxyTracerProvider, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { pino } from 'pino';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { createTelemetry, type TelemetryOptions } from './index.ts';

afterEach(() => vi.restoreAllMocks());

const shout = defineTask({ id: 'shout', input: z.string(), run: (text) => text.toUpperCase() });

function opened(options?: TelemetryOptions) {
  const telemetry = createTelemetry(options);
  onTestFinished(() => telemetry.close());
  return telemetry;
}

describe('createTelemetry', () => {
  it.each<[string, TelemetryOptions, string]>([
    ['an endpoint that is none', { endpoint: 'collector:4318' }, 'endpoint is no URL of http'],
    ['an endpoint with a query', { endpoint: 'http://collector:4318?key=1' }, 'without a query'],
    ['a share beyond all', { sampleRatio: 1.5 }, 'sampleRatio is 1.5'],
    ['a queue of nothing', { maxQueued: 0 }, 'maxQueued is 0'],
    ['no time to flush', { maxFlushMs: 0.5 }, 'maxFlushMs is 0.5'],
  ])('refuses %s', (_, options, message) => {
    expect(() => createTelemetry(options)).toThrow(
      expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });

  it('does not show an endpoint that it refuses: there may be a password in it', () => {
    expect(() => createTelemetry({ endpoint: 'ftp://me:hunter2@host' })).toThrow(/^(?!.*hunter2)/);
  });

  it('sends nothing, and says so, when there is nowhere to send it to', () => {
    expect(opened().capabilities).toEqual({ signals: [], maxQueued: 2048, maxFlushMs: 5000, content: false });
    const endpoint = 'http://127.0.0.1:1';
    expect(opened({ endpoint, signals: ['logs'] }).capabilities.signals).toEqual(['logs']);
  });

  it('sends nothing to its endpoint where the operator turned that off', () => {
    vi.stubEnv('OTEL_SDK_DISABLED', 'true');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(opened({ endpoint: 'http://127.0.0.1:1' }).capabilities.signals).toEqual([]);
  });

  it('says of each instance which it is, so that counts of several are not taken for one', async () => {
    const idOf = async (telemetry: ReturnType<typeof createTelemetry>) =>
      /^target_info\{.*service_instance_id="([\w-]+)"/m.exec((await telemetry.scrape()).body)?.[1];
    const ids = [await idOf(opened()), await idOf(opened())];
    expect(new Set(ids).size).toBe(2);
    expect(ids).not.toContain(undefined);
    expect(await idOf(opened({ resource: { 'service.instance.id': 'pod-7' } }))).toBe('pod-7');
  });

  it('uses the tracer provider that somebody registered, and leaves it registered', async () => {
    const exporter = new InMemorySpanExporter();
    const theirs = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
    trace.setGlobalTracerProvider(theirs);
    onTestFinished(() => trace.disable());
    const telemetry = opened();
    await using ai = createOrchestrator({ plugins: [telemetry.plugin] });
    await (await ai.start(shout, 'a')).result();
    await telemetry.close();
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['step shout', 'run shout']);
    expect(telemetry.capabilities.signals).toEqual(['traces']);
    trace.getTracer('theirs').startSpan('later').end();
    expect(exporter.getFinishedSpans()).toHaveLength(3);
  });

  it('goes on with the decision of a caller where it sends no traces itself', () => {
    const telemetry = opened();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const sampled = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    const { traceparent } = telemetry.request({ method: 'GET', route: '/' }, sampled).trace;
    expect(traceparent).toMatch(new RegExp(`^00-${traceId}-[\\da-f]{16}-01$`));
    expect(telemetry.request({ method: 'GET', route: '/' }).trace.traceparent).toMatch(/-00$/);
  });

  it('takes work that is told the place of an active request for a part of it, also where nothing is sent', () => {
    const telemetry = opened();
    const request = telemetry.request({ method: 'POST', route: '/execute' });
    const unit = { id: 'double', kind: 'flow', version: '1' } as const;
    const work = { runId: 'r', unit, tags: [], resumed: false };
    const inside = request.within(() => telemetry.run(work, { ...request.trace }));
    expect(inside.trace).toEqual(request.trace);
    const active = () => trace.getActiveSpan();
    expect(inside.within(active)).toBe(request.within(active));
    const other = { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' };
    const elsewhere = request.within(() => telemetry.run(work, other));
    expect(elsewhere.trace).toEqual(other);
    expect(elsewhere.within(active)?.spanContext().spanId).toBe('b7ad6b7169203331');
  });

  it('begins a trace that others take for one where its tracer makes none', () => {
    const telemetry = opened({ tracerProvider: new ProxyTracerProvider() });
    const { trace } = telemetry.request({ method: 'GET', route: '/' });
    expect(readTraceContext(trace)).toEqual(trace);
    expect(trace.traceparent).toMatch(/-00$/);
    expect(telemetry.request({ method: 'GET', route: '/' }).trace).not.toEqual(trace);
  });

  it('counts runs from 0 on, so that the first that fails is seen as one more', async () => {
    const telemetry = opened();
    await using ai = createOrchestrator({ plugins: [telemetry.plugin] });
    await (await ai.start(shout, 'a')).result();
    const { body } = await telemetry.scrape();
    expect(body).toContain('aiwork_runs_total{unit="shout",status="succeeded"} 1\n');
    expect(body).toContain('aiwork_runs_total{unit="shout",status="failed"} 0\n');
  });

  it('measures how many jobs of a queue wait', async () => {
    await using queue = createMemoryTaskQueue();
    const plugin = definePlugin({ name: 'queue', setup: (host) => host.provide('queue', { ...queue }) })();
    const telemetry = opened({ queues: [{ queue: 'mail' }] });
    await using ai = createOrchestrator({ plugins: [plugin, telemetry.plugin] });
    await ai.list();
    const job = { id: 'j', queue: 'mail', runId: 'r', stepId: 's', attempt: 1, priority: 0 };
    await queue.enqueue([job, job]);
    expect((await telemetry.scrape()).body).toContain('aiwork_queue_lag{queue="mail",group="aiwork"} 2\n');
  });

  it('writes failures through pino, without their messages', async () => {
    const lines: string[] = [];
    const logger = pino({}, { write: (line) => lines.push(line) });
    const telemetry = opened({ logger });
    const failing = defineTask({
      id: 'failing',
      input: z.unknown(),
      run() {
        throw new RangeError('canary');
      },
    });
    await using ai = createOrchestrator({ plugins: [telemetry.plugin] });
    await (await ai.start(failing, 1)).result().catch(() => {});
    const written = lines.map((line) => JSON.parse(line));
    expect(written).toMatchObject([
      { level: 50, msg: 'step failed', 'aiwork.step.id': 'failing', 'error.type': 'RangeError' },
      { level: 50, msg: 'run failed', 'error.type': 'AIWORK_STEP_FAILED' },
    ]);
    expect(written[0].trace_id).toBe(written[1].trace_id);
    expect(lines.join('')).not.toContain('canary');
  });

  it('leaves out what a redaction throws for', async () => {
    const lines: string[] = [];
    const logger = pino({}, { write: (line) => lines.push(line) });
    const redact = () => {
      throw new Error('no');
    };
    const telemetry = opened({ logger, redact, captureContent: true });
    const noisy = defineTask({ id: 'noisy', input: z.unknown(), run: (_, { log }) => log.info('canary') });
    await using ai = createOrchestrator({ plugins: [telemetry.plugin] });
    await (await ai.start(noisy, 1)).result();
    expect(lines.join('')).toContain('(left out: the redaction threw)');
    expect(lines.join('')).not.toContain('canary');
  });

  it('tells the operator once that nobody takes what it sends, without the address', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const telemetry = opened({ endpoint: 'http://me:hunter2@127.0.0.1:1', maxFlushMs: 300 });
    await using ai = createOrchestrator({ plugins: [telemetry.plugin] });
    for (const text of ['a', 'b']) {
      await (await ai.start(shout, text)).result();
      await telemetry.flush();
    }
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]?.[0]).toMatch(/does not take (traces|metrics|logs) \(ECONNREFUSED\)/);
    expect(warn.mock.calls[0]?.[0]).not.toMatch(/hunter2|127\.0\.0\.1/);
  });
});

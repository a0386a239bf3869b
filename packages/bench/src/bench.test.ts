import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceUnavailable } from '@aiwork/contract-tests/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFolder } from '../../../plugins/embeddings/test/model-folder.fixture.ts';
import { benchKits } from './contract-kits/bench-kits.ts';
import { committedReports, currentPage, pageFile } from './docs/page.ts';
import { benchEngine } from './engine/bench-engine.ts';
import { benchFootprint } from './footprint/bench-footprint.ts';
import { benchGuardrails } from './guardrails/bench-guardrails.ts';
import { benchInference } from './inference/bench-inference.ts';
import { benchKafka } from './kafka/bench-kafka.ts';
import { benchMemory } from './memory/bench-memory.ts';
import { benchRedis } from './redis/bench-redis.ts';
import type { Report } from './report.ts';
import { benchServer } from './server/bench-server.ts';
import { benchThinking } from './thinking/bench-thinking.ts';
import { benchTypes } from './types/bench-types.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const written = async (name: string) =>
  JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as Report;
const figuresOf = ({ rows }: Report, subject: string) =>
  rows.filter((row) => row.subject === subject && row.value > 0).map(({ metric }) => metric);

/** One that transformers.js can read, too. */
async function writeTokenizer(folder: string): Promise<void> {
  const vocab = Object.fromEntries(Array.from({ length: 64 }, (_, id) => [`w${id}`, id]));
  const model = {
    type: 'WordPiece',
    vocab,
    unk_token: 'w3',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
  };
  const tokenizer = {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model,
  };
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  const config = { tokenizer_class: 'PreTrainedTokenizerFast' };
  await writeFile(join(folder, 'tokenizer_config.json'), JSON.stringify(config));
}

describe('the benchmarks, at a size that says nothing about speed', { timeout: 60_000 }, () => {
  it('measure the engine in memory, at scale, on disk and when it is told to stop', async () => {
    const effort = { rounds: 1, warmUpMs: 1, roundMs: 1 };
    await benchEngine(
      {
        size: 5,
        inMemory: effort,
        durable: effort,
        scale: { large: 100, small: 10, rounds: 1, warmUps: 0 },
        cancels: 1,
        withPeers: false,
      },
      folder,
    );
    const report = await written('engine');
    const works = new Set(report.rows.map(({ work }) => work));
    expect([...works]).toEqual([
      'chain of 5',
      'fan-out of 5',
      '100 runs of a chain of 10, one after the other',
      '100 runs of a fan-out of 10, one after the other',
      '10 runs of a chain of 100, one after the other',
      '10 runs of a fan-out of 100, one after the other',
      '100 runs of a chain of 10 at once',
      'durable chain of 5',
      'durable fan-out of 5',
      'cancel in a step',
      "cancel in an agent's tool",
      "cancel in an agent's model call",
      'cancel in a sub-flow of a sub-flow',
      'cancel in a child process',
    ]);
    expect(figuresOf(report, 'promises by hand, same events')).toContain('time a step');
    expect(report.machine).toMatchObject({ node: process.version, cores: expect.any(Number) });
    expect(report.versions).toHaveProperty('@aiwork/core');
  });

  it('measure memory beside its peers, and find the hits of exhaustive scoring', {
    timeout: 300_000,
  }, async () => {
    await benchMemory(
      {
        words: {
          distributions: ['zipf'],
          documents: 300,
          vocabulary: 200,
          rounds: 1,
          queries: 5,
          roundMs: 500,
          compared: 5,
        },
        scale: {
          small: 50,
          large: 300,
          vocabulary: 200,
          queries: 5,
          queriesMs: 500,
          compared: 5,
          limitMs: 60_000,
          heapBytes: 2 ** 30,
        },
        vectors: { vectors: 400, dimensions: 20, queries: 3, rounds: 1, compared: 3 },
      },
      folder,
    );
    const report = await written('memory');
    for (const subject of ['@aiwork/memory, BM25', 'MiniSearch', 'FlexSearch, suggest', 'Orama']) {
      expect(figuresOf(report, subject)).toEqual(
        expect.arrayContaining(['query, p50', 'query, p99', 'index time']),
      );
    }
    expect(figuresOf(report, '@aiwork/memory, TF-IDF')).toContain(
      'queries with exactly the hits of exhaustive scoring',
    );
    for (const subject of ['@aiwork/memory, exact', 'USearch', 'Orama', 'a loop'])
      expect(figuresOf(report, subject)).toEqual(expect.arrayContaining(['query, p50', 'recall of ten']));
    const ofMany = report.rows.filter(
      ({ work }) => work.startsWith('300') && work.endsWith('one after the other'),
    );
    expect(figuresOf({ ...report, rows: ofMany }, 'MiniSearch')).toEqual(
      expect.arrayContaining(['query, p50', 'memory', 'longest pause while indexing']),
    );
    expect(report.targets.map(({ limit }) => limit)).toEqual([
      ...[1 / 30, 1 / 2],
      ...[6, 50, 1 / 30, 1 / 2, 1 / 2],
      ...[10, 1, 1, 0.95],
    ]);
  });

  it('count what types of a flow cost', async () => {
    await benchTypes({ sizes: [2], withOthers: false }, folder);
    const report = await written('types');
    expect(figuresOf(report, '@aiwork/core, steps with needs')).toEqual([
      'instantiations a step',
      'check time',
    ]);
    expect(report.targets.map(({ reached }) => reached)).toEqual([true, true, true, true]);
  });

  it('measure Redis beside its client and a queue, every step run once', { timeout: 300_000 }, async ({
    skip,
  }) => {
    await benchRedis(
      {
        appendfsync: ['everysec'],
        state: { rounds: 1, roundMs: 1, atOnce: 3 },
        flows: { rounds: 1, concurrency: 2, steps: 4, chain: 2 },
        withConformance: false,
      },
      folder,
    ).catch((error: unknown) => {
      if (!(error instanceof ServiceUnavailable) || process.env['CI']) throw error;
      return skip(error.message);
    });
    const report = await written('redis');
    for (const subject of ['@aiwork/redis, StateStore', 'ioredis', '@keyv/redis']) {
      expect(figuresOf(report, subject)).toContain('operations a second');
    }
    for (const subject of ['@aiwork/redis, runs', 'BullMQ, jobs']) {
      const rates = report.rows.filter((row) => row.subject === subject && row.metric === 'steps a second');
      expect(rates.map(({ work }) => work)).toEqual([
        'runs of one step, 2 at once, appendfsync everysec',
        'runs of 2 steps, 2 at once, appendfsync everysec',
      ]);
    }
    expect(report.targets.map(({ limit }) => limit)).toEqual([
      0.85, 0.85, 0.85, 0.85, 0.85, 0.85, 1, 1, 1, 1,
    ]);
  });

  it('measure Kafka beside its clients, every task handled and committed', { timeout: 300_000 }, async ({
    skip,
  }) => {
    await benchKafka(
      {
        produce: { rounds: 1, roundMs: 1, together: [1, 3] },
        consume: { rounds: 1, tasks: 20 },
        latency: { rounds: 1, perSecond: 100, count: 5 },
        flows: {
          rounds: 1,
          workers: [1, 2],
          concurrency: 1,
          steps: 4,
          works: [
            { kind: 'wait', ms: 1 },
            { kind: 'compute', ms: 1 },
          ],
        },
        memory: { tasks: 40, points: 4 },
      },
      folder,
    ).catch((error: unknown) => {
      if (!(error instanceof ServiceUnavailable) || process.env['CI']) throw error;
      return skip(error.message);
    });
    const report = await written('kafka');
    for (const subject of ['@aiwork/kafka, tasks', '@aiwork/kafka, jobs', 'kafkajs', '@platformatic/kafka']) {
      const rates = report.rows.filter(
        (row) => row.subject === subject && row.metric === 'tasks a second' && row.value > 0,
      );
      expect(rates.map(({ work }) => work)).toEqual([
        'produce, one after the other',
        'produce, 3 together',
        'consume 20 tasks, 6 at once',
      ]);
    }
    expect(figuresOf(report, 'kafkajs')).toEqual(expect.arrayContaining(['p50', 'p99']));
    expect(figuresOf(report, '2 worker processes')).toEqual(['steps a second', 'steps a second']);
    expect(figuresOf(report, 'after 40')).toEqual(['heap after collection', 'resident set']);
    expect(report.targets.map(({ limit }) => limit)).toEqual([
      0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 1.5, 1.5, 1.5, 1.1, 1.1,
    ]);
  });

  it('measure inference, of a model that is tiny', { timeout: 300_000 }, async () => {
    await using tiny = await modelFolder('bert', { normalized: true });
    await writeTokenizer(tiny.path);
    await benchInference(
      {
        folder: tiny.path,
        peers: { missing: 'they are too large for a test' },
        packages: 'sources',
        precisions: ['fp32'],
        throughput: { rounds: 1, roundMs: 1 },
        serving: { single: 5, mixed: 200, different: 10, forMs: 60_000 },
        toolCalls: 5,
      },
      folder,
    );
    const report = await written('inference');
    for (const subject of [
      '@aiwork/embeddings, fp32',
      'onnxruntime-node by hand, fp32',
      'transformers.js, fp32',
    ])
      expect(figuresOf(report, subject).filter((metric) => metric !== 'time')).toEqual([
        'load',
        'start to first vector',
        'memory',
        'texts a second',
        'texts a second',
      ]);
    expect(figuresOf(report, 'aiwork serve, fp32')).toEqual([
      'start to first vector',
      'memory after all requests',
      'p50',
      'p99',
      'requests a second',
      'found in the cache',
      'p50',
      'p99',
    ]);
    expect(report.skipped.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([
        'text-embeddings-inference',
        'sentence-transformers on PyTorch, fp32',
        'OpenVINO in Python, fp32',
      ]),
    );
  });

  it('measure the server beside its peers, every answer right', { timeout: 300_000 }, async () => {
    await benchServer(
      {
        execute: { rounds: 1, seconds: 1, connections: 5 },
        latency: { rounds: 1, seconds: 0.5 },
        watching: { rounds: 1, seconds: 0.5, readers: [2, 4] },
        authTiming: { samples: 20 },
      },
      folder,
    );
    const report = await written('server');
    for (const subject of [
      '@aiwork/server',
      'fastify, a handler',
      '@mastra/hono',
      '@langchain/langgraph-api',
    ])
      expect(figuresOf(report, subject)).toEqual(
        expect.arrayContaining(['requests a second', 'processor time of the server, each', 'p50', 'p99']),
      );
    const watching = ['processor time of the server', 'late, p50', 'late, p99'];
    // Few readers may have an event in the millisecond in which it happened.
    const metricsOf = (name: string) =>
      report.rows.filter(({ subject }) => subject === name).map(({ metric }) => metric);
    for (const name of ['2 readers', '4 readers', '4 readers, maxEventDelayMs: 1000'])
      expect(metricsOf(name)).toEqual([...watching, ...watching]);
    expect(metricsOf('4 readers, written to by node:http alone')).toEqual(
      Array.from({ length: 2 }, () => 'processor time of the server'),
    );
    expect(report.targets.map(({ limit }) => limit)).toEqual([0.7, 3, 3, 0.9, 15, 1.5, 300, 1.5, 300, 3]);
  });

  it("try a peer's suite on adapters that fit it, and on none that its interface cannot show", {
    timeout: 120_000,
  }, async () => {
    const saboteurs = ['absent-as-null', 'ttl-ignored', 'version-of-read'];
    await benchKits({ kits: ['keyv-state-store'], saboteurs }, folder);
    const { rows, targets } = await written('kits');
    const caught = rows.filter(({ metric }) => metric === 'broken adapters caught');
    expect(caught.map(({ subject, value, unit }) => [subject, value, unit])).toEqual([
      ['@keyv/test-suite', 1, 'of 2'],
      ['@aiwork/contract-tests, state-store', 2, 'of 2'],
    ]);
    expect(targets).toMatchObject([{ value: 2, limit: 2, bound: 'at least', reached: true }]);
  });

  it('measure ways to think on tasks that a program checks, beside baselines at the same tokens', async () => {
    const profiles = ['a good judge'] as const;
    await benchThinking(
      { tasksOfAKind: 6, trials: 1, profiles, overhead: { rounds: 2, repeats: 1 } },
      folder,
    );
    const report = await written('thinking');
    const { rows, targets, skipped } = report;
    expect([...new Set(rows.map(({ work }) => work))]).toEqual([
      'simulated model, a good judge',
      'engine, a round of three alternatives and two verdicts',
    ]);
    expect(figuresOf(report, 'judged vote')).toEqual(
      expect.arrayContaining(['right', 'at least', 'at most', 'tokens a question', 'calls a question']),
    );
    const against = rows.filter(({ metric }) => metric.endsWith('at the same tokens'));
    expect(against).toHaveLength(2 * 9);
    const { value = Number.NaN } =
      rows.find(({ subject, metric }) => subject === 'plain sampling' && metric === 'right') ?? {};
    expect(value).toBeGreaterThan(20);
    expect(value).toBeLessThan(95);
    expect(targets.map(({ work }) => work)).toEqual([
      'simulated model, a good judge',
      'simulated model, a good judge',
      'default',
      'engine',
    ]);
    expect(skipped).toMatchObject([
      { subject: 'a real model', why: expect.stringContaining('none was named') },
    ]);
  });

  it('measure checks of guardrails on a text, on a stream and on texts made to take long', async () => {
    await benchGuardrails({ rounds: 1, checks: 1, hostileChars: 2_000 }, folder);
    const report = await written('guardrails');
    expect([...new Set(report.rows.map(({ work }) => work))]).toEqual([
      'a text of 2,048 characters',
      'a stream',
      '1 MiB of',
    ]);
    expect(figuresOf(report, '@aiwork/guardrails, ten checks')).toEqual([
      'processor time',
      'processor time of a token',
    ]);
    expect(report.targets.map(({ limit }) => limit)).toEqual([0.2, 5]);
  });

  it('weigh an installed package and time its import', async () => {
    const local = join(import.meta.dirname, '..', 'node_modules', 'minisearch');
    const subjects = [{ name: 'minisearch', specs: () => [local], module: 'minisearch', ours: true }];
    await benchFootprint({ subjects, imports: 1 }, folder);
    expect(figuresOf(await written('footprint'), 'minisearch')).toEqual([
      'installed size',
      'packages',
      'import, median of 1',
    ]);
  });
});

describe('docs/benchmarks', () => {
  it('shows the figures of the committed results', async () => {
    expect(await readFile(pageFile, 'utf8')).toBe(await currentPage());
    const names = (await committedReports()).map(({ name }) => name);
    expect(names).toEqual([
      'engine',
      'footprint',
      'guardrails',
      'inference',
      'injection',
      'kafka',
      'kits',
      'memory',
      'redis',
      'resilience',
      'server',
      'thinking',
      'types',
    ]);
  });
});

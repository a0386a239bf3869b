import { type AnyUnit, definePlugin, hasCode, type Orchestrator, type WorkerOptions } from '@aiwork/core';
import type { ServerExtension } from '@aiwork/server';
import type { ThinkingStore } from '@aiwork/thinking/store';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { FlowFile } from '../flow-file/load-flow-file.ts';
import { loadFlowFiles } from '../flow-file/load-flow-files.ts';
import { servedOf } from '../flow-file/served-of.ts';
import { onInterrupt } from '../interrupts.ts';
import { mcpPackage } from '../mcp/mcp-package.ts';
import { openOrchestrator } from '../open-orchestrator.ts';
import { openTelemetry } from '../open-telemetry.ts';
import { type ModelOptions, openModels } from '../serve/embedding-models.ts';
import { type LetInOptions, letIn } from '../serve/let-in.ts';
import { listen } from '../serve/listen.ts';
import { type NetworkOptions, networkOptions } from '../serve/network-options.ts';
import { jsonLog, prettyLog, type ServerLog } from '../serve/server-log.ts';
import { serverPackage } from '../serve/server-package.ts';
import { idList } from '../suggest.ts';
import { thinkingPackage } from '../think/thinking-package.ts';
import { UsageError } from '../usage-error.ts';

export interface ServeCommandOptions extends LetInOptions, NetworkOptions, ModelOptions {
  readonly port: number;
  readonly flow?: readonly string[];
  readonly state?: string;
  /** `false`: with `--no-worker`. */
  readonly worker: boolean;
  readonly queue?: readonly string[];
  readonly group?: string;
  readonly concurrency?: number;
  readonly name?: string;
  readonly log: 'pretty' | 'json';
  readonly maxWait?: number;
  readonly drain?: number;
  readonly mcp?: boolean;
  readonly think?: boolean;
  readonly telemetry?: boolean;
}

/** `aiwork serve`: what flow files export as an HTTP service, until it is told to stop. */
export async function serve(files: readonly string[], options: ServeCommandOptions): Promise<ExitCode> {
  const log = options.log === 'json' ? jsonLog() : prettyLog();
  const stopped = Promise.withResolvers<void>();
  // Until all is closed: the first process of a container ignores signals that it does not listen for.
  const release = onInterrupt(() => {
    log.say('info', 'Stopping: answers what came, and takes no more. A second signal quits at once.');
    stopped.resolve();
  });
  try {
    await serveUntil(stopped.promise, files, options, log);
    return exitCode.ok;
  } finally {
    release();
  }
}

async function serveUntil(
  stopped: Promise<void>,
  files: readonly string[],
  options: ServeCommandOptions,
  log: ServerLog,
): Promise<void> {
  const { state, name, maxWait, drain } = options;
  if (files.length === 0 && !options.model) {
    throw new UsageError('there is nothing to serve', {
      hint: 'name files that export what can be run, or models with --model NAME=FILE',
    });
  }
  const server = await serverPackage(files);
  const flowFile = await loadFlowFiles(files);
  await using models = await openModels(options, files);
  // Models alone are enough to serve.
  const exported = files.length === 0 ? [] : servedOf(flowFile, options.flow);
  const units = [...exported, ...(models?.tools ?? [])];
  const work = workOf(options);
  const { mcpHandler } = options.mcp ? await mcpPackage(files) : {};
  const { auth, who, isOpen } = await letIn(options, server, (message) => log.say('warn', message));
  const network = await networkOptions(options, server);
  await using telemetry = options.telemetry ? await openTelemetry(files, options) : undefined;
  const watch = definePlugin({ name: 'aiwork-serve', setup: (host) => host.on('*', log.see) });
  await using orchestrator = await openOrchestrator({
    state,
    flowFile,
    name,
    plugins: [watch(), ...[telemetry?.plugin, models?.plugin].flatMap((plugin) => plugin ?? [])],
    create: true,
  });
  const kept = await placeOfRuns(orchestrator, options, flowFile);
  const thinking = options.think ? await openThinking(files, units, orchestrator) : undefined;
  const made = server.createServer({
    orchestrator,
    units,
    auth,
    logger: log.logger,
    ...network,
    ...(telemetry && { telemetry, metrics: telemetry }),
    ...(maxWait !== undefined && { maxWaitMs: maxWait }),
    ...(drain !== undefined && { drainTimeoutMs: drain }),
    extensions: [models?.extension, thinking].flatMap((extension) => extension ?? []),
    ...(mcpHandler && { mcp: mcpHandler({ orchestrator, units }) }),
  });
  await using app = await made.catch((error: unknown) => {
    throw hasCode(error, 'AIWORK_INVALID_ARGUMENT') ? new UsageError(error.message) : error;
  });
  await using _worker = work && (await orchestrator.worker(work));
  const url = await listen(app, options);
  log.started(`Serving ${units.length} ${units.length === 1 ? 'unit' : 'units'} at ${url}`, [
    ['pages', `${url}/docs`],
    ['serves', idList(units.map(({ id }) => id))],
    ...(thinking ? [['thinks', `${url}/think`] as const] : []),
    ...(models ? [['embeds', `${models.names.join(', ')}, at ${url}/embed`] as const] : []),
    ['lets in', who],
    ['keeps runs', kept],
    [
      'works on',
      work
        ? ['left runs', 'schedules', ...work.queues.map((queue) => `queue ${queue}`)].join(', ')
        : 'what requests ask for',
    ],
  ]);
  if (isOpen) log.say('warn', `${who.toUpperCase()} CAN RUN, READ AND STOP EVERYTHING, as --open says`);
  await stopped;
  // At the same time as the worker stops: neither waits for the other's work.
  await Promise.all([app.close(), _worker?.[Symbol.asyncDispose]()]);
}

/** @throws `AIWORK_USAGE` when nothing that is served thinks. */
async function openThinking(
  files: readonly string[],
  units: readonly AnyUnit[],
  orchestrator: Orchestrator,
): Promise<ServerExtension> {
  const { thinkingService } = await thinkingPackage(files);
  const sessions = keptBy(orchestrator);
  if (units.some(({ id }) => id === 'think')) return thinkingService(sessions ? { sessions } : {});
  throw new UsageError('--think takes a unit "think", and none is served', {
    hint: "export one: export const think = thinkTask({ model: '…' })",
  });
}

/** What a plugin keeps sessions in; its plugins are set up. */
function keptBy(orchestrator: Orchestrator): (() => ThinkingStore) | undefined {
  try {
    const store = orchestrator.use('thinkingStore');
    return () => store;
  } catch (error) {
    if (hasCode(error, 'AIWORK_SLOT_EMPTY')) return undefined;
    throw error;
  }
}

/** What a worker of this process does; nothing without one. */
function workOf(
  options: ServeCommandOptions,
): (WorkerOptions & { readonly queues: readonly string[] }) | undefined {
  const { worker, queue: queues = [], group, concurrency } = options;
  const given = { '--queue': queues[0], '--group': group, '--concurrency': concurrency };
  const [flag] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (worker)
    return {
      queues,
      ...(group !== undefined && { group }),
      ...(concurrency !== undefined && { concurrency }),
    };
  if (flag === undefined) return undefined;
  throw new UsageError(`${flag} is about the work that --no-worker leaves to others: give one of them`);
}

/** Where runs are, for people. Asked once plugins are set up, which the first call does. */
async function placeOfRuns(
  orchestrator: Orchestrator,
  { state }: ServeCommandOptions,
  file: FlowFile,
): Promise<string> {
  await orchestrator.list({ limit: 1 });
  if (orchestrator.use('runStore').capabilities.durability === 'process') {
    return 'in memory: gone with this process, unless --state FILE or a plugin keeps them';
  }
  return state ?? `where plugins of ${file.path} keep them`;
}

// Runs in a thread of its own and asks nothing of this project at run time: ONNX Runtime blocks whoever calls it.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import type { Tensor, TensorInfo } from '@aiwork/core';
import { env, InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import type { CarriedSource, Described, Reply, Request, SessionSettings, Tensors } from './messages.ts';

type Options = InferenceSession.SessionOptions;

if (parentPort === null) throw new Error('this is for a worker thread');
const port = parentPort;

// It writes to the terminal otherwise, and what it says is in the errors it throws.
env.logLevel = 'fatal';

// The engine's binding takes floats of 16 bits as their bits, and its own JavaScript hands it these where they are there:
// it then reads nothing at all. They are missed by nobody else in this thread.
Reflect.deleteProperty(globalThis, 'Float16Array');

let session: InferenceSession | undefined;
/** Loads the model once more, for a profile. */
let again: ((options: Options) => Promise<InferenceSession>) | undefined;

function optionsOf(source: CarriedSource, { provider, threads }: SessionSettings): Options {
  return {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
    // A model of sentences took 6 MB more with it, and no inference was seen to be faster.
    enableMemPattern: false,
    ...('path' in source
      ? {}
      : { externalData: source.weights.map(({ name, bytes }) => ({ path: name, data: bytes })) }),
    extra: {
      session: {
        // From one operation to the next, threads wait by spinning: to be woken takes longer than a short text does. Left to
        // itself, the engine spins so long that on busy processors it takes them from everybody else, and from itself.
        intra_op: { allow_spinning: '1', spin_duration_us: '50' },
        ...(provider !== 'cpu' && { disable_cpu_ep_fallback: '1' }),
        ...('weightsFolder' in source && {
          model_external_initializers_file_folder_path: source.weightsFolder,
        }),
      },
    },
  };
}

const open = (source: CarriedSource, options: Options): Promise<InferenceSession> =>
  InferenceSession.create('path' in source ? source.path : (source.model as never), options);

/** The engine has what it needs of them; a collector would come much later. */
function letGoOf(source: CarriedSource): void {
  if ('path' in source) return;
  for (const { buffer } of [source.model, ...source.weights.map(({ bytes }) => bytes)]) {
    if (buffer instanceof ArrayBuffer) buffer.transfer(0);
  }
}

function described(metadata: InferenceSession.ValueMetadata): TensorInfo {
  const { name } = metadata;
  if (!metadata.isTensor) throw new Error(`"${name}" is no tensor`);
  const { type, shape } = metadata;
  if (type === 'int4' || type === 'uint4') throw new Error(`Unsupported data type: ${type} of "${name}"`);
  return { name, type, shape: shape.map((size) => size || (size === 0 ? 0 : '?')) };
}

const describedSession = ({ inputMetadata, outputMetadata }: InferenceSession): Described => ({
  inputs: inputMetadata.map(described),
  outputs: outputMetadata.map(described),
});

const feedsOf = (inputs: Tensors): Record<string, OrtTensor> =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { type, data, shape }]) => [
      name,
      // Its types do not know that these have been checked.
      Reflect.construct(OrtTensor, [type, data, shape]) as OrtTensor,
    ]),
  );

/** With its data in memory that holds nothing else, since it is given away. */
function outgoing({ type, dims, data }: OrtTensor, given: Set<ArrayBuffer>): Tensor {
  const shape = [...dims];
  if (type === 'string') return { type, shape, data: data as string[] };
  const view = data as Float32Array<ArrayBuffer>;
  const isAlone = view.byteLength === view.buffer.byteLength && !given.has(view.buffer);
  const alone = isAlone ? view : view.slice();
  given.add(alone.buffer);
  return { type, shape, data: alone } as Tensor;
}

async function load(source: CarriedSource, settings: SessionSettings): Promise<Described> {
  const options = optionsOf(source, settings);
  session = await open(source, options);
  if (settings.profiling) again = (changes) => open(source, { ...options, ...changes });
  else letGoOf(source);
  return describedSession(session);
}

async function run(inputs: Tensors, given: Set<ArrayBuffer>): Promise<Tensors> {
  if (session === undefined) throw new Error('no model is loaded');
  const outputs = await session.run(feedsOf(inputs));
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, outgoing(value as OrtTensor, given)]),
  );
}

async function profile(inputs: Tensors): Promise<string> {
  if (again === undefined) throw new Error('the model was not loaded to be profiled');
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-profile-'));
  try {
    const profiled = await again({ enableProfiling: true, profileFilePrefix: join(folder, 'run') });
    try {
      await profiled.run(feedsOf(inputs));
      profiled.endProfiling();
    } finally {
      await profiled.release();
    }
    const [file] = await readdir(folder);
    if (file === undefined) throw new Error('ONNX Runtime wrote no profile');
    return await readFile(join(folder, file), 'utf8');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function answer(
  request: Request,
  given: Set<ArrayBuffer>,
): Promise<Extract<Reply, { answer: unknown }>['answer']> {
  switch (request.kind) {
    case 'load':
      return load(request.source, request.settings);
    case 'run':
      return run(request.inputs, given);
    case 'profile':
      return profile(request.inputs);
    case 'close':
      await session?.release();
      session = undefined;
      return undefined;
  }
}

async function reply(request: Request): Promise<void> {
  const { id } = request;
  try {
    const given = new Set<ArrayBuffer>();
    port.postMessage({ id, answer: await answer(request, given) } satisfies Reply, [...given]);
  } catch (error) {
    const failure = error instanceof Error ? error.message : String(error);
    port.postMessage({ id, failure } satisfies Reply);
  }
  if (request.kind === 'close') port.close();
}

// One after the other: a session that is closed has done what was asked before.
let previous: Promise<void> = Promise.resolve();
port.on('message', (request: Request) => {
  previous = previous.then(() => reply(request));
});

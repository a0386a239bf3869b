import {
  AiworkError,
  type CallOptions,
  type InferOptions,
  type LoadedModel,
  type LoadOptions,
  type ModelRuntime,
  type ModelRuntimeCapabilities,
  type ModelSource,
  type Tensor,
} from '@aiwork/core';
import {
  checkInputs,
  checkLoadOptions,
  checkSignal,
  createCallGate,
  invalidArgument,
  untilAborted,
} from '@aiwork/core/adapter-kit';
import type { OnnxModel } from '@aiwork/onnx-format';
import { yieldTurns } from '../saboteur.ts';
import { type Operation, operations } from './reference-operations.ts';
import { bytesOf, checkSource, modelOf, type Weights, weightsOf } from './reference-source.ts';

type Tensors = Readonly<Record<string, Tensor>>;

/** What a reference runtime is made of: a mistake takes the place of one part. */
export interface RuntimeParts {
  readonly capabilities: ModelRuntimeCapabilities;
  readonly devices: readonly string[];
  readonly operations: Readonly<Record<string, Operation>>;
  checkSource(source: ModelSource): void;
  checkOptions(options: LoadOptions, devices: readonly string[]): void;
  bytes(source: ModelSource): Promise<Uint8Array>;
  model(bytes: Uint8Array, source: ModelSource): OnnxModel;
  weights(model: OnnxModel, source: ModelSource): Promise<Weights>;
  checkInputs: typeof checkInputs;
  /** An input as it is taken when the call is made. */
  taken(tensor: Tensor, options: InferOptions): Tensor;
  /** Outputs as they are given. */
  given(outputs: Tensors): Tensors;
}

const capabilities: ModelRuntimeCapabilities = Object.freeze({
  formats: Object.freeze(['onnx'] as const),
  precisions: Object.freeze([]),
  types: Object.freeze(['float32', 'float64', 'int64', 'int32', 'uint8', 'bool', 'string'] as const),
  computes64Bit: true,
  compiledCache: false,
});

export const correctParts: RuntimeParts = {
  capabilities,
  devices: ['cpu'],
  operations,
  checkSource,
  checkOptions(options, devices) {
    checkLoadOptions(options, capabilities);
    if (options.device === undefined || devices.includes(options.device)) return;
    throw new AiworkError('AIWORK_DEVICE_UNAVAILABLE', `there is no device "${options.device}"`, {
      outcome: 'not-applied',
    });
  },
  bytes: bytesOf,
  model: (bytes, source) => modelOf(bytes, source, capabilities.types),
  weights: weightsOf,
  checkInputs,
  taken: (tensor) => ({ ...tensor, shape: [...tensor.shape], data: tensor.data.slice() }) as Tensor,
  given: (outputs) => outputs,
};

/** Ends at once when `signal` aborts, and tells of it as an adapter does. */
async function unlessAborted<T>(work: Promise<T>, { signal }: CallOptions): Promise<T> {
  if (signal === undefined) return work;
  try {
    return await untilAborted(work, signal);
  } catch (error) {
    checkSignal(signal);
    throw error;
  }
}

function modelFrom(
  parts: RuntimeParts,
  graph: OnnxModel,
  weights: Weights,
  options: LoadOptions,
): LoadedModel {
  const gate = createCallGate('the model', () => {});
  const ranOn = { device: options.device ?? parts.devices[0] ?? '' };

  async function outputsOf(inputs: Tensors): Promise<Tensors> {
    await yieldTurns();
    const values = new Map([...weights, ...Object.entries(inputs)]);
    for (const { operator, inputs: names, outputs } of graph.nodes) {
      const operands = names.flatMap((name) => values.get(name) ?? []);
      const result = parts.operations[operator]?.(operands);
      if (outputs[0] !== undefined && result !== undefined) values.set(outputs[0], result);
    }
    const outputs = graph.outputs.map(({ name }) => [name, values.get(name) as Tensor] as const);
    return parts.given(Object.fromEntries(outputs));
  }

  const infer: LoadedModel['infer'] = (tensors, inferOptions = {}) =>
    gate.pass(() => {
      checkSignal(inferOptions.signal);
      parts.checkInputs(tensors, graph.inputs);
      const inputs = Object.entries(tensors).map(
        ([name, tensor]) => [name, parts.taken(tensor, inferOptions)] as const,
      );
      return unlessAborted(outputsOf(Object.fromEntries(inputs)), inferOptions);
    });

  return {
    inputs: graph.inputs,
    outputs: graph.outputs,
    ranOn,
    infer,
    async profile(tensors, profileOptions) {
      await infer(tensors, profileOptions);
      if (!options.profiling) throw invalidArgument('the model was not loaded to be profiled');
      return graph.nodes.map(({ operator, name = operator }) => ({
        name,
        operation: operator,
        device: ranOn.device,
        timeMs: 0,
      }));
    },
    close: gate.close,
    [Symbol.asyncDispose]: gate.close,
  };
}

/** A runtime that computes in JavaScript: right, slow, and enough for the models of the contract. */
export function createReferenceRuntime(changes: Partial<RuntimeParts> = {}): ModelRuntime {
  const parts = { ...correctParts, ...changes };
  const models = new Set<LoadedModel>();
  const closeModels = async () => {
    await Promise.all(Array.from(models, (model) => model.close()));
  };
  const gate = createCallGate('the runtime', closeModels);
  const close = async () => {
    await Promise.all([closeModels(), gate.close()]);
  };

  async function load(source: ModelSource, options: LoadOptions): Promise<LoadedModel> {
    await yieldTurns();
    const graph = parts.model(await parts.bytes(source), source);
    const model = modelFrom(parts, graph, await parts.weights(graph, source), options);
    models.add(model);
    return model;
  }

  return {
    capabilities: parts.capabilities,
    engine: { name: 'reference', version: '1' },
    devices: ({ signal } = {}) =>
      gate.pass(async () => {
        checkSignal(signal);
        return parts.devices.map((id) => ({ id, name: id, type: 'cpu', precisions: [] }) as const);
      }),
    load: (source, options = {}) =>
      gate.pass(async () => {
        checkSignal(options.signal);
        parts.checkSource(source);
        parts.checkOptions(options, parts.devices);
        return unlessAborted(load(source, options), options);
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

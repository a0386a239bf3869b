import {
  type LoadedModel,
  type LoadOptions,
  type ModelSource,
  UnsupportedCapabilityError,
} from '@aiwork/core';
import type { CompiledModel } from '../engine/compiled-model.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineSource, ReadModel } from '../engine/read-model.ts';
import { loadError } from './engine-errors.ts';
import { engineProperties } from './engine-properties.ts';
import { loadedModel } from './loaded-model.ts';
import { openRankModel } from './open-rank-model.ts';
import { type PreparedSource, prepareSource } from './prepare-source.ts';
import type { Slots } from './slots.ts';
import { tensorInfos } from './tensor-infos.ts';

interface LoadContext {
  readonly threads: Slots;
  readonly properties: Readonly<Record<string, string>>;
  /** Called when the model is closed. */
  readonly closed: () => void;
}

/** Reads, compiles and opens a model. */
export async function loadModel(
  engine: Engine,
  source: ModelSource,
  options: LoadOptions & { readonly device: string },
  { threads, properties, closed }: LoadContext,
): Promise<LoadedModel> {
  const { device } = options;
  const prepared = await prepareSource(source);
  const { what, quantized } = prepared;
  const context = {
    take: engine.takeInputs,
    threads,
    profiling: options.profiling === true,
    quantized,
    what,
  };
  const afterwards = async (): Promise<void> => {
    await prepared.dispose();
    closed();
  };
  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    const leave = await threads.take();
    try {
      return await work();
    } catch (error) {
      throw loadError(error, what, device);
    } finally {
      leave();
    }
  };

  const compile = async (from: EngineSource): Promise<CompiledModel> => {
    const read = await explained(() => engine.read(from));
    try {
      return await explained(() => read.compile(device, engineProperties(options, properties)));
    } finally {
      read.close();
    }
  };

  let read: ReadModel | undefined;
  try {
    const model = await explained(() => engine.read(prepared.engine));
    read = model;
    const inputs = tensorInfos(model.inputs, what);
    if (inputs.some(({ shape }) => shape === undefined)) {
      const { ofRanks } = prepared;
      checkOpenRanks(ofRanks, device, what);
      const outputs = tensorInfos(model.outputs, what);
      const form = async (ranks: ReadonlyMap<string, number>) => compile(await ofRanks(ranks));
      return openRankModel({ inputs, outputs, device, context, form, afterwards });
    }
    const compiled = await explained(() => model.compile(device, engineProperties(options, properties)));
    return opened(compiled, () => loadedModel(compiled, context, afterwards));
  } catch (error) {
    await prepared.dispose();
    throw error;
  } finally {
    read?.close();
  }
}

function checkOpenRanks(
  ofRanks: PreparedSource['ofRanks'],
  device: string,
  what: string,
): asserts ofRanks is NonNullable<PreparedSource['ofRanks']> {
  if (ofRanks !== undefined && !/^(AUTO|HETERO|MULTI|BATCH)/.test(device)) return;
  throw new UnsupportedCapabilityError(
    `${what} leaves open how many dimensions its inputs have: say so where it is exported, or give it as ONNX for one device`,
  );
}

/** Gives a compiled model back when it turns out that it cannot be used. */
function opened(compiled: CompiledModel, open: () => LoadedModel): LoadedModel {
  try {
    return open();
  } catch (error) {
    compiled.close();
    throw error;
  }
}

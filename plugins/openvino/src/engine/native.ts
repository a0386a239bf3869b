import koffi, { type KoffiFunc, type TypeObject } from 'koffi';

/** Address of something that the engine made, and that has to be given back to it. */
export type Handle = bigint;

/** Where a call writes an address, a size or a text. */
export type Slot<T> = [T | null];

type CType = string | TypeObject | ReturnType<typeof koffi.out>;

type Call<Arguments extends unknown[], Result = number> = KoffiFunc<(...given: Arguments) => Result>;

export interface NativeShape {
  rank: number | bigint;
  dims: Handle | BigInt64Array;
}

export interface NativePartialShape {
  rank: { min: number | bigint; max: number | bigint };
  dims: Handle | null;
}

export interface NativeProperty {
  readonly key: string;
  readonly value: string;
}

interface NativeList {
  entries: Handle;
  size: number | bigint;
}

/** A layer's numbers, as the engine lists them. */
export interface NativeLayer {
  readonly status: number;
  readonly realTime: number | bigint;
  readonly nodeName: string;
  readonly execType: string;
  readonly nodeType: string;
}

// Types stay without names: a name can be given once in a process, and there may be two copies of this package.
const pointer = koffi.pointer('void');
const shape = koffi.struct({ rank: 'int64', dims: pointer });
const dimension = koffi.struct({ min: 'int64', max: 'int64' });
const partialShape = koffi.struct({ rank: dimension, dims: pointer });
const property = koffi.struct({ key: 'str', value: 'str' });
const list = koffi.struct({ entries: pointer, size: 'size_t' });
const version = koffi.struct({ buildNumber: 'str', description: 'str' });
const layer = koffi.struct({
  status: 'int',
  realTime: 'int64',
  cpuTime: 'int64',
  nodeName: 'str',
  execType: 'str',
  nodeType: 'str',
});

const outOf = (type: TypeObject) => koffi.out(koffi.pointer(type));
const outPointer = outOf(pointer);
const outSize = outOf(koffi.types.size_t);

// Background calls run on a stack of this size, and compiling a model recurses along its graph.
const stackBytes = 16 * 2 ** 20;

function roomyStacks(): void {
  try {
    koffi.config({ sync_stack_size: stackBytes, async_stack_size: stackBytes });
  } catch {
    // Somebody else has loaded a library with koffi already, so its sizes stand.
  }
}

/**
 * The version a library says it is, such as `2026.4.1`. It is asked before anything else: functions and numbers differ
 * between versions.
 */
export function libraryVersion(file: string): string {
  roomyStacks();
  const library = koffi.load(file);
  const said: { buildNumber?: string } = {};
  library.func('ov_get_openvino_version', 'int', [outOf(version)])(said);
  return /^\d+(\.\d+)*/.exec(said.buildNumber ?? '')?.[0] ?? 'unknown';
}

/** The functions of OpenVINO's C API that are used, typed; each but the ones that free gives a status. */
export type Native = ReturnType<typeof bindNative>;

/** Loads the library at an absolute path. */
export function bindNative(file: string) {
  roomyStacks();
  const library = koffi.load(file);
  // The one place where signatures are asserted instead of checked: C headers carry no types across.
  const bind = <Arguments extends unknown[], Result = number>(
    name: string,
    takes: readonly CType[],
    gives: CType = 'int',
  ): Call<Arguments, Result> => library.func(name, gives, [...takes]) as unknown as Call<Arguments, Result>;

  const free = bind<[Handle], void>('ov_free', [pointer], 'void');
  // Texts of the engine are copied into strings and given back at once.
  const text = koffi.disposable('str', free);
  return {
    lastError: bind<[], string | null>('ov_get_last_err_msg', [], text),
    errorName: bind<[number], string>('ov_get_error_info', ['int'], 'str'),
    createCore: bind<[Slot<Handle>]>('ov_core_create', [outPointer]),
    freeCore: bind<[Handle], void>('ov_core_free', [pointer], 'void'),
    getDevices: bind<[Handle, Partial<NativeList>]>('ov_core_get_available_devices', [pointer, outOf(list)]),
    freeDevices: bind<[Partial<NativeList>], void>(
      'ov_available_devices_free',
      [koffi.pointer(list)],
      'void',
    ),
    getProperty: bind<[Handle, string, string, Slot<string>]>('ov_core_get_property', [
      pointer,
      'str',
      'str',
      outOf(text),
    ]),
    readModel: bind<[Handle, string, string | null, Slot<Handle>]>('ov_core_read_model', [
      pointer,
      'str',
      'str',
      outPointer,
    ]),
    readModelBytes: bind<[Handle, Uint8Array, number, Handle | null, Slot<Handle>]>(
      'ov_core_read_model_from_memory_buffer',
      [pointer, pointer, 'size_t', pointer, outPointer],
    ),
    countModelInputs: bind<[Handle, Slot<number | bigint>]>('ov_model_inputs_size', [pointer, outSize]),
    countModelOutputs: bind<[Handle, Slot<number | bigint>]>('ov_model_outputs_size', [pointer, outSize]),
    getModelInput: bind<[Handle, number, Slot<Handle>]>('ov_model_const_input_by_index', [
      pointer,
      'size_t',
      outPointer,
    ]),
    getModelOutput: bind<[Handle, number, Slot<Handle>]>('ov_model_const_output_by_index', [
      pointer,
      'size_t',
      outPointer,
    ]),
    freeModel: bind<[Handle], void>('ov_model_free', [pointer], 'void'),
    compileModel: bind<[Handle, Handle, string, number, readonly NativeProperty[], Slot<Handle>]>(
      'ov_core_compile_model_props',
      [pointer, pointer, 'str', 'size_t', koffi.pointer(property), outPointer],
    ),
    freeCompiled: bind<[Handle], void>('ov_compiled_model_free', [pointer], 'void'),
    getCompiledProperty: bind<[Handle, string, Slot<string>]>('ov_compiled_model_get_property', [
      pointer,
      'str',
      outOf(text),
    ]),
    countInputs: bind<[Handle, Slot<number | bigint>]>('ov_compiled_model_inputs_size', [pointer, outSize]),
    countOutputs: bind<[Handle, Slot<number | bigint>]>('ov_compiled_model_outputs_size', [pointer, outSize]),
    getInput: bind<[Handle, number, Slot<Handle>]>('ov_compiled_model_input_by_index', [
      pointer,
      'size_t',
      outPointer,
    ]),
    getOutput: bind<[Handle, number, Slot<Handle>]>('ov_compiled_model_output_by_index', [
      pointer,
      'size_t',
      outPointer,
    ]),
    freePort: bind<[Handle], void>('ov_output_const_port_free', [pointer], 'void'),
    getPortName: bind<[Handle, Slot<string>]>('ov_port_get_any_name', [pointer, outOf(text)]),
    getPortType: bind<[Handle, Slot<number>]>('ov_port_get_element_type', [pointer, outOf(koffi.types.int)]),
    getPortShape: bind<[Handle, Partial<NativePartialShape>]>('ov_port_get_partial_shape', [
      pointer,
      outOf(partialShape),
    ]),
    freePartialShape: bind<[NativePartialShape], void>(
      'ov_partial_shape_free',
      [koffi.pointer(partialShape)],
      'void',
    ),
    createRequest: bind<[Handle, Slot<Handle>]>('ov_compiled_model_create_infer_request', [
      pointer,
      outPointer,
    ]),
    freeRequest: bind<[Handle], void>('ov_infer_request_free', [pointer], 'void'),
    setInput: bind<[Handle, number, Handle]>('ov_infer_request_set_input_tensor_by_index', [
      pointer,
      'size_t',
      pointer,
    ]),
    getOutputTensor: bind<[Handle, number, Slot<Handle>]>('ov_infer_request_get_output_tensor_by_index', [
      pointer,
      'size_t',
      outPointer,
    ]),
    infer: bind<[Handle]>('ov_infer_request_infer', [pointer]),
    cancel: bind<[Handle]>('ov_infer_request_cancel', [pointer]),
    getProfile: bind<[Handle, Partial<NativeList>]>('ov_infer_request_get_profiling_info', [
      pointer,
      outOf(list),
    ]),
    freeProfile: bind<[Partial<NativeList>], void>(
      'ov_profiling_info_list_free',
      [koffi.pointer(list)],
      'void',
    ),
    createTensor: bind<[number, NativeShape, Slot<Handle>]>('ov_tensor_create', ['int', shape, outPointer]),
    createTensorOver: bind<[number, NativeShape, Uint8Array, Slot<Handle>]>(
      'ov_tensor_create_from_host_ptr',
      ['int', shape, pointer, outPointer],
    ),
    freeTensor: bind<[Handle], void>('ov_tensor_free', [pointer], 'void'),
    getTensorData: bind<[Handle, Slot<Handle>]>('ov_tensor_data', [pointer, outPointer]),
    getTensorBytes: bind<[Handle, Slot<number | bigint>]>('ov_tensor_get_byte_size', [pointer, outSize]),
    getTensorType: bind<[Handle, Slot<number>]>('ov_tensor_get_element_type', [
      pointer,
      outOf(koffi.types.int),
    ]),
    getTensorShape: bind<[Handle, Partial<NativeShape>]>('ov_tensor_get_shape', [pointer, outOf(shape)]),
    freeShape: bind<[Partial<NativeShape>], void>('ov_shape_free', [koffi.pointer(shape)], 'void'),
  };
}

/** Where bytes of JavaScript lie. They must stay alive, and where they are, for as long as the address is used. */
export const addressOf = (bytes: Uint8Array): bigint => koffi.address(bytes);

/** Bytes of the engine, as a window and not a copy. */
export const memoryAt = (address: Handle, bytes: number): ArrayBuffer => koffi.view(address, bytes);

export const textsAt = ({ entries, size }: Partial<NativeList>): readonly string[] =>
  size && entries ? koffi.decode(entries, koffi.array('str', Number(size))) : [];

export const layersAt = ({ entries, size }: Partial<NativeList>): readonly NativeLayer[] =>
  size && entries ? koffi.decode(entries, koffi.array(layer, Number(size))) : [];

export const sizesAt = (address: Handle, count: number): readonly number[] =>
  count === 0 ? [] : Array.from(koffi.decode(address, koffi.array('int64', count)), Number);

export const dimensionsAt = (
  address: Handle,
  count: number,
): readonly { readonly min: number | bigint; readonly max: number | bigint }[] =>
  count === 0 ? [] : koffi.decode(address, koffi.array(dimension, count));

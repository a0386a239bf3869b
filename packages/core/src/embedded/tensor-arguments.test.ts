import { describe, expect, it } from 'vitest';
import type { LoadOptions, Tensor, TensorInfo } from '../adapters/model-runtime.ts';
import { checkInputs, checkLoadOptions } from './tensor-arguments.ts';

const ids: TensorInfo = { name: 'ids', type: 'int64', shape: ['batch', 2] };
const given: Tensor = { type: 'int64', shape: [1, 2], data: BigInt64Array.of(1n, 2n) };

describe('checkInputs', () => {
  it('lets in what the model takes', () => {
    checkInputs({ ids: given }, [ids]);
    checkInputs({ ids: { type: 'int64', shape: [0, 2], data: new BigInt64Array(0) } }, [ids]);
    checkInputs({ s: { type: 'bool', shape: [], data: Uint8Array.of(1) } }, [
      { name: 's', type: 'bool', shape: [] },
    ]);
    checkInputs({ s: { type: 'uint8', shape: [3], data: Buffer.from('abc') } }, [
      { name: 's', type: 'uint8', shape: [3] },
    ]);
    checkInputs({ any: { type: 'string', shape: [1, 1], data: ['ü'] } }, [{ name: 'any', type: 'string' }]);
  });

  it.each<[string, unknown, string, string]>([
    ['no object', undefined, 'AIWORK_INVALID_ARGUMENT', 'the inputs are no object'],
    ['another name', { id: given }, 'AIWORK_UNKNOWN_INPUT', 'the model has no input "id": it takes "ids"'],
    ['a name too many', { ids: given, mask: given }, 'AIWORK_UNKNOWN_INPUT', 'no input "mask"'],
    ['a name of every object', { toString: given }, 'AIWORK_UNKNOWN_INPUT', 'no input "toString"'],
    ['no name', {}, 'AIWORK_MISSING_INPUT', 'input "ids" is not given'],
    ['no tensor', { ids: null }, 'AIWORK_TENSOR_TYPE', 'input "ids" is no tensor'],
    [
      'another type',
      { ids: { ...given, type: 'int32' } },
      'AIWORK_TENSOR_TYPE',
      'is int32: the model takes int64',
    ],
    [
      'other data',
      { ids: { ...given, data: new Int32Array(2) } },
      'AIWORK_TENSOR_TYPE',
      'is no BigInt64Array',
    ],
    ['a list as data', { ids: { ...given, data: [1n, 2n] } }, 'AIWORK_TENSOR_TYPE', 'is no BigInt64Array'],
    ['no shape', { ids: { ...given, shape: undefined } }, 'AIWORK_TENSOR_SHAPE', 'the shape of input "ids"'],
    ['half a size', { ids: { ...given, shape: [0.5, 4] } }, 'AIWORK_TENSOR_SHAPE', 'is [0.5, 4]'],
    ['a size below 0', { ids: { ...given, shape: [-1, -2] } }, 'AIWORK_TENSOR_SHAPE', 'is [-1, -2]'],
    [
      'too few elements',
      { ids: { ...given, shape: [2, 2] } },
      'AIWORK_TENSOR_SHAPE',
      'has 2 elements, and its shape [2, 2] stands for 4',
    ],
    [
      'another rank',
      { ids: { ...given, shape: [2] } },
      'AIWORK_TENSOR_SHAPE',
      'has the shape [2]: the model takes [batch, 2]',
    ],
    ['another size', { ids: { ...given, shape: [2, 1] } }, 'AIWORK_TENSOR_SHAPE', 'has the shape [2, 1]'],
  ])('refuses %s', (_, inputs, code, message) => {
    expect(() => checkInputs(inputs as Record<string, Tensor>, [ids])).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message), outcome: 'not-applied' }),
    );
  });

  it('refuses what is no well-formed string', () => {
    for (const text of ['\ud800', 7]) {
      const inputs = { any: { type: 'string', shape: [1], data: [text] } } as Record<string, Tensor>;
      expect(() => checkInputs(inputs, [{ name: 'any', type: 'string' }])).toThrow('no well-formed string');
    }
  });

  it('says of a model without inputs that it takes none', () => {
    expect(() => checkInputs({ x: given }, [])).toThrow('it takes none');
  });
});

describe('checkLoadOptions', () => {
  const capabilities = { precisions: ['fp16'], compiledCache: true } as const;

  it('lets in what the runtime can do', () => {
    const options = {
      threads: 1,
      streams: 2,
      hint: 'throughput',
      precision: 'fp16',
      cacheDir: '/tmp',
    } as const;
    checkLoadOptions(options, capabilities);
    checkLoadOptions({}, { precisions: [], compiledCache: false });
  });

  it.each<[LoadOptions, string, string]>([
    [{ threads: 0 }, 'AIWORK_INVALID_ARGUMENT', 'threads is 0'],
    [{ streams: 1.5 }, 'AIWORK_INVALID_ARGUMENT', 'streams is 1.5'],
    [{ hint: 'speed' as 'latency' }, 'AIWORK_INVALID_ARGUMENT', 'hint is speed'],
    [{ precision: 'int8' }, 'AIWORK_UNSUPPORTED_CAPABILITY', 'cannot be told to compute in int8'],
  ])('refuses %o', (options, code, message) => {
    expect(() => checkLoadOptions(options, capabilities)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it('refuses a folder where nothing is kept', () => {
    expect(() => checkLoadOptions({ cacheDir: '/tmp' }, { precisions: [], compiledCache: false })).toThrow(
      'leave cacheDir out',
    );
  });
});

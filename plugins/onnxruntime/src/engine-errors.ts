import { AiworkError, type ErrorCode, UnsupportedCapabilityError } from '@aiwork/core';

const memory = /failed to allocate memory|bad_alloc|tensor storage size overflowed|integer overflow/i;
const operator =
  /no op registered for (\S+)|no opset import for domain '([^']*)'|could not find an implementation for (\S+)|(\S+) is not a registered function\/op/i;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).trim();

function engineError(code: ErrorCode, message: string, cause: unknown): AiworkError {
  return new AiworkError(code, message, { cause, outcome: 'not-applied' });
}

/** What it means that the engine could not load `model`. */
export function loadError(error: unknown, model: string, device: string): AiworkError {
  if (AiworkError.isInstance(error)) return error;
  const said = messageOf(error);
  const unknown = operator.exec(said);
  if (unknown !== null) {
    const name = unknown.slice(1).find((group) => group !== undefined);
    return engineError(
      'AIWORK_UNKNOWN_OPERATOR',
      `${model} has the operation ${name}, which ONNX Runtime cannot do: ${said}`,
      error,
    );
  }
  if (/unsupported data type|is no tensor/i.test(said)) {
    return new UnsupportedCapabilityError(
      `${model} takes or gives what ONNX Runtime's binding cannot carry: ${said}`,
    );
  }
  if (memory.test(said)) {
    return engineError('AIWORK_OUT_OF_MEMORY', `there is too little memory to load ${model}: ${said}`, error);
  }
  if (device !== 'cpu') {
    return engineError('AIWORK_DEVICE_UNAVAILABLE', `"${device}" cannot run all of ${model}: ${said}`, error);
  }
  return engineError('AIWORK_MODEL_UNREADABLE', `${model} cannot be loaded: ${said}`, error);
}

/** What it means that the engine could not infer. */
export function inferenceError(error: unknown): AiworkError {
  if (AiworkError.isInstance(error)) return error;
  const said = messageOf(error);
  return memory.test(said)
    ? engineError('AIWORK_OUT_OF_MEMORY', `there is too little memory for this inference: ${said}`, error)
    : engineError('AIWORK_INFERENCE_FAILED', `ONNX Runtime could not infer: ${said}`, error);
}

import { AiworkError, type ErrorCode } from '@aiwork/core';
import { EngineFailure } from '../engine/engine-failure.ts';

// The last is what oneDNN says of a shape of more bytes than it can count.
const outOfMemory =
  /bad_alloc|bad_array_new|out of (?:host |device )?memory|failed to allocate|cannot allocate memory|length_error|_M_default_append|cannot create std::vector|vector::reserve|Can not clone DnnlBlockedMemoryDesc with dims/i;
const unknownOperator =
  /(?:does not support the following|doesn't support|not supported|no conversion rule|no translator|cannot find|not registered|unsupported operation|Cannot create .* layer)/i;
const unavailable =
  /not registered in the OpenVINO Runtime|Cannot load library|device .* not found|no available device|No supported device|compiler loading failed/i;

const failure = (code: ErrorCode, message: string, cause: unknown): AiworkError =>
  new AiworkError(code, message, { cause, outcome: 'not-applied' });

/** What a failure to read or compile a model means. */
export function loadError(error: unknown, what: string, device: string): unknown {
  if (!(error instanceof EngineFailure)) return error;
  const said = error.message;
  if (outOfMemory.test(said)) {
    return failure('AIWORK_OUT_OF_MEMORY', `there is not enough memory to load ${what}: ${said}`, error);
  }
  if (unavailable.test(said)) {
    return failure('AIWORK_DEVICE_UNAVAILABLE', `${what} cannot be loaded on ${device}: ${said}`, error);
  }
  if (unknownOperator.test(said)) {
    return failure(
      'AIWORK_UNKNOWN_OPERATOR',
      `${what} has an operation that OpenVINO does not know: ${said}`,
      error,
    );
  }
  return failure('AIWORK_MODEL_UNREADABLE', `${what} cannot be read: ${said}`, error);
}

/** What a failure to infer means. */
export function inferenceError(error: unknown): unknown {
  if (!(error instanceof EngineFailure)) return error;
  const said = error.message;
  if (outOfMemory.test(said)) {
    return failure('AIWORK_OUT_OF_MEMORY', `there is not enough memory for this inference: ${said}`, error);
  }
  return failure('AIWORK_INFERENCE_FAILED', `the engine could not infer: ${said}`, error);
}

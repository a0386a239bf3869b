import { AiworkError } from '@aiwork/core';

/** A model that could not be quantised, or loses too much by it (`AIWORK_QUANTIZATION_FAILED`). */
export function quantizationFailed(message: string, cause?: unknown): AiworkError {
  return new AiworkError('AIWORK_QUANTIZATION_FAILED', message, { outcome: 'not-applied', cause });
}

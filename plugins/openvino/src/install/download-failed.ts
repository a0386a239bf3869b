import { AiworkError } from '@aiwork/core';

/** Something that could not be fetched (`AIWORK_DOWNLOAD_FAILED`). */
export function downloadFailed(
  message: string,
  options: { readonly cause?: unknown; readonly retryable?: boolean } = {},
): AiworkError {
  return new AiworkError('AIWORK_DOWNLOAD_FAILED', message, { outcome: 'not-applied', ...options });
}

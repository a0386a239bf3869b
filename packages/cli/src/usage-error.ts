import { AiworkError, type ErrorCode } from '@aiwork/core';

/** The command line asks for something that cannot be done as written. */
export class UsageError extends AiworkError {
  readonly hint?: string;

  constructor(message: string, options: { readonly hint?: string; readonly code?: ErrorCode } = {}) {
    super(options.code ?? 'AIWORK_USAGE', message);
    this.name = 'UsageError';
    if (options.hint !== undefined) this.hint = options.hint;
  }
}

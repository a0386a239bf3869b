import { AiworkError } from '@aiwork/core';

/** A package that only who uses this needs to have. That it is missing is no fault of a task, so it is retryable. */
export async function optionalPackage<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new AiworkError('AIWORK_INVALID_ARGUMENT', `this needs the package ${name}: npm install ${name}`, {
      cause,
      retryable: true,
    });
  }
}

const isMissing = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';

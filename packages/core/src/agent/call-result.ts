/** What a model is told about a call. */
export interface CallResult {
  readonly content: string;
  readonly isError?: boolean;
}

export function success(output: unknown): CallResult {
  return { content: typeof output === 'string' ? output : (JSON.stringify(output) ?? 'done') };
}

export function failure(problem: string): CallResult {
  return { content: `Error: ${problem}`, isError: true };
}

/** A call's input as guardrails are shown it. */
export const inputText = (input: unknown) => JSON.stringify(input ?? {});

import { AiworkError } from '../errors.ts';
import { toRunError } from '../run-error.ts';
import { validate } from '../schema.ts';
import type { RunContext } from '../units/run-context.ts';
import type { AnyTool } from '../units/tool.ts';
import { isFatal } from './fatal-error.ts';
import { standaloneContext } from './standalone-context.ts';

/** What came of a tool call, as data. @since 0.1.0 */
export type ToolOutcome =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false;
      readonly error: { readonly code?: string; readonly message: string; readonly retryable: boolean };
    };

/** @since 0.1.0 */
export interface ToolCallOptions {
  /** The context of the step that makes the call: it is then journaled as a part of that step, under its policy. */
  readonly ctx?: RunContext;
  readonly signal?: AbortSignal;
}

/** Calls a tool by itself or as a part of a step. */
export async function callTool(
  tool: AnyTool | undefined,
  name: string,
  input: unknown,
  { ctx, signal = ctx?.signal ?? new AbortController().signal }: ToolCallOptions,
): Promise<ToolOutcome> {
  try {
    signal.throwIfAborted();
    if (!tool)
      throw new AiworkError('AIWORK_TOOL_NOT_FOUND', `there is no tool called ${JSON.stringify(name)}`);
    if (ctx) return { ok: true, value: await ctx.run(tool, input) };
    const what = `tool "${name}"`;
    const parsed = await validate(tool.input, input, {
      code: 'AIWORK_INVALID_INPUT',
      what: `input of ${what}`,
    });
    const value: unknown = await tool.run(parsed, standaloneContext(name, signal));
    if (!tool.output) return { ok: true, value };
    const failure = { code: 'AIWORK_INVALID_OUTPUT', what: `output of ${what}` } as const;
    return { ok: true, value: await validate(tool.output, value, failure) };
  } catch (error) {
    if (isFatal(error, signal)) throw signal.aborted ? signal.reason : error;
    const { code, message, retryable } = toRunError(error);
    return { ok: false, error: { ...(code !== undefined && { code }), message, retryable } };
  }
}

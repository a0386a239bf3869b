import { toReadableJson } from '@aiwork/core';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { clip } from '../clip.ts';
import { metaFields } from '../meta-fields.ts';
import type { RunState } from './follow-run.ts';
import type { ObjectSchema } from './object-schema.ts';
import type { OpenWait } from './open-waits.ts';
import { runToolNames } from './run-tool-names.ts';

export interface ResultOptions {
  readonly runId: string;
  readonly state: RunState;
  /** Of the unit, where it was announced: what is structured has to follow it. */
  readonly output?: ObjectSchema | undefined;
  /** JSON Schema of what a step takes, where it is known. */
  schemaOf(wait: OpenWait): unknown;
}

/** More than clients take. The run has it all. */
const maxTextChars = 1_000_000;

/**
 * How a run is, for whoever called the tool. What goes wrong in a run is a result that says so, which a model can deal with,
 * and not an error of the protocol.
 */
export function runResult({ runId, state, output, schemaOf }: ResultOptions): CallToolResult {
  if (state.status === 'running') {
    const text = `Run ${runId} is still at work, and goes on. Call ${runToolNames.show} with {"run": ${JSON.stringify(runId)}} to wait on.`;
    return unfinished(text, runId, 'running', output);
  }
  if (state.status === 'waiting') {
    const text = [
      `Run ${runId} waits for an answer, and goes on when ${runToolNames.answer} is called with it:`,
      ...state.waits.map((wait) => describeWait(runId, wait, schemaOf(wait))),
    ].join('\n');
    return unfinished(text, runId, 'waiting', output);
  }
  const { status, output: value, error } = state.end;
  const _meta = metaOf(runId, status);
  if (status !== 'succeeded') {
    const code = error?.code === undefined ? '' : ` (${error.code})`;
    const text = `Run ${runId} ${status === 'failed' ? 'failed' : 'was cancelled'}: ${error?.message ?? 'no reason is known'}${code}`;
    return { content: [{ type: 'text', text }], isError: true, _meta };
  }
  const text = typeof value === 'string' ? value : toReadableJson(value);
  const content = [{ type: 'text' as const, text: clip(text, maxTextChars) }];
  if (!output) return { content, _meta };
  // A part of what was announced is not what was announced.
  if (text.length > maxTextChars) return { content, isError: true, _meta };
  return { content, structuredContent: JSON.parse(toReadableJson(output.wrap(value))), _meta };
}

/** Clients refuse a result that is not as it was announced, unless it is an error. */
function unfinished(
  text: string,
  runId: string,
  status: string,
  output: ObjectSchema | undefined,
): CallToolResult {
  const content = [{ type: 'text' as const, text }];
  return { content, ...(output && { isError: true }), _meta: metaOf(runId, status) };
}

const metaOf = (runId: string, status: string) => ({
  [metaFields.runId]: runId,
  [metaFields.status]: status,
});

function describeWait(runId: string, { step, prompt, below }: OpenWait, schema: unknown): string {
  const asked =
    prompt === undefined ? '' : ` ${typeof prompt === 'string' ? prompt : toReadableJson(prompt)}`;
  const form = schema === undefined ? '' : ` Payload: ${toReadableJson(schema)}.`;
  return `- ${toReadableJson({ run: below?.runId ?? runId, step })}${asked}${form}`;
}

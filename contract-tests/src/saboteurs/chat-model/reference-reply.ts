import { AiworkError, type ChatChunk, type ToolCall } from '@aiwork/core';

/** A call as far as it has come. */
export interface OpenCall {
  readonly id: string;
  readonly name: string;
  readonly input: string[];
}

/** How the reference makes a reply of parts. */
export interface ReplyRules {
  /** The call that a piece belongs to. */
  callOf(calls: readonly OpenCall[], index: number): OpenCall | undefined;
  parseInput(text: string): unknown;
  /** Whether a stream that ended has said so. */
  isWhole(finish: string | undefined): boolean;
  /** Whether errors between the parts are looked for. */
  readonly seesErrors: boolean;
}

const invalid = (problem: string) =>
  new AiworkError('AIWORK_MODEL_INVALID_REPLY', `chat model "reference" ${problem}`, { retryable: true });

export const replyRules: ReplyRules = {
  callOf: (calls, index) => calls[index],
  parseInput(text) {
    try {
      return text === '' ? {} : JSON.parse(text);
    } catch {
      throw invalid('called a tool with what is no JSON');
    }
  },
  isWhole: (finish) => finish !== undefined,
  seesErrors: true,
};

interface Part {
  readonly choices?: readonly {
    readonly delta: {
      readonly content?: string | null;
      readonly tool_calls?: readonly {
        readonly index: number;
        readonly id?: string;
        readonly function: { readonly name?: string; readonly arguments: string };
      }[];
    };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly prompt_tokens_details?: { readonly cached_tokens: number };
  } | null;
  readonly error?: { readonly message: string; readonly type: string };
}

const reasons: Readonly<Record<string, Extract<ChatChunk, { type: 'done' }>['reason']>> = {
  stop: 'stop',
  tool_calls: 'tool-calls',
  length: 'length',
  content_filter: 'content-filter',
};

/** The chunks of a reply. */
export async function* readReply(
  parts: AsyncIterable<unknown>,
  rules: ReplyRules,
  failed: (said: string, kind: string) => AiworkError,
): AsyncGenerator<ChatChunk, void> {
  const calls: OpenCall[] = [];
  let finish: string | undefined;
  let usage: Part['usage'];
  for await (const part of parts as AsyncIterable<Part>) {
    if (!Array.isArray(part.choices) && !part.error) throw invalid('sent something that is no part');
    if (part.error && rules.seesErrors) throw failed(part.error.message, part.error.type);
    usage = part.usage ?? usage;
    for (const { delta, finish_reason: reason } of part.choices ?? []) {
      if (delta.content) yield { type: 'text', text: delta.content };
      for (const { index, id, function: called } of delta.tool_calls ?? []) {
        if (id) calls.push({ id, name: called.name ?? '', input: [] });
        rules.callOf(calls, index)?.input.push(called.arguments);
      }
      finish = reason ?? finish;
    }
  }
  if (!rules.isWhole(finish)) throw invalid('broke off');
  const reason = reasons[finish ?? 'stop'] ?? 'stop';
  if (reason === 'tool-calls')
    yield* calls.map((call) => ({ type: 'tool-call' as const, ...wholeCall(call, rules) }));
  if (usage) yield { type: 'usage', ...usageOf(usage) };
  yield { type: 'done', reason };
}

const wholeCall = ({ id, name, input }: OpenCall, rules: ReplyRules): ToolCall => ({
  id,
  name,
  input: rules.parseInput(input.join('')),
});

function usageOf({
  prompt_tokens,
  completion_tokens,
  prompt_tokens_details: details,
}: NonNullable<Part['usage']>) {
  return {
    inputTokens: prompt_tokens,
    outputTokens: completion_tokens,
    ...(details && { cachedInputTokens: details.cached_tokens }),
    cost: (prompt_tokens + 5 * completion_tokens) / 1_000_000,
  };
}

import { AiworkError, type ChatChunk } from '@aiwork/core';

/** A piece of a call: its place among the calls, and what is new of it. @since 0.1.0 */
export interface ToolCallPiece {
  readonly index: number;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  /** The next characters of the input, in JSON. */
  readonly input?: string | undefined;
}

/** The calls of a reply, as they grow. @since 0.1.0 */
export interface ToolCallPieces {
  add(piece: ToolCallPiece): void;
  /** @throws `AIWORK_MODEL_INVALID_REPLY` where a call has no name, or an input that is no JSON. */
  whole(): readonly ChatChunk[];
}

/**
 * Puts calls together that come in pieces, several at once. No input at all is `{}`.
 *
 * @example
 * ```ts
 * import { toolCallPieces } from '@aiwork/chat-model-kit';
 *
 * const calls = toolCallPieces('some-model');
 * calls.add({ index: 0, id: 'a', name: 'add', input: '{"a":' });
 * calls.add({ index: 0, input: '1}' });
 * console.log(calls.whole()); // [ { type: 'tool-call', id: 'a', name: 'add', input: { a: 1 } } ]
 * ```
 * @since 0.1.0
 */
export function toolCallPieces(model: string): ToolCallPieces {
  const calls: OpenCall[] = [];
  const growing = new Map<number, OpenCall>();

  function callAt(index: number, id: string | undefined): OpenCall {
    const known = growing.get(index);
    // Some servers give several calls one place: another id is another call.
    if (known && (!id || !known.id || known.id === id)) return known;
    const call: OpenCall = { name: '', input: [] };
    calls.push(call);
    growing.set(index, call);
    return call;
  }

  return {
    add({ index, id, name, input }) {
      const call = callAt(index, id);
      // Some servers repeat both in every piece.
      if (id) call.id = id;
      if (name) call.name = name;
      if (input) call.input.push(input);
    },
    whole: () =>
      calls.map(({ id, name, input }, place) => {
        if (name === '') throw invalidReply(model, 'asked for a tool without naming one');
        return {
          type: 'tool-call',
          id: id ?? `call_${place}`,
          name,
          input: parseInput(model, name, input.join('')),
        };
      }),
  };
}

interface OpenCall {
  id?: string;
  name: string;
  readonly input: string[];
}

function parseInput(model: string, tool: string, text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw invalidReply(
      model,
      `gave ${JSON.stringify(tool)} an input that is no JSON (${text.length} characters)`,
    );
  }
}

/**
 * The error for a reply that is none, or that ended before it was whole. Models do not do the same twice: it is
 * `retryable`.
 *
 * @example
 * ```ts
 * import { invalidReply } from '@aiwork/chat-model-kit';
 *
 * console.log(invalidReply('some-model', 'ended in the middle').message);
 * // chat model "some-model" ended in the middle
 * ```
 * @since 0.1.0
 */
export function invalidReply(model: string, problem: string): AiworkError {
  return new AiworkError('AIWORK_MODEL_INVALID_REPLY', `chat model "${model}" ${problem}`, {
    retryable: true,
  });
}

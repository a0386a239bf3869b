import { readFileSync } from 'node:fs';
import type { ChatModel, ChatRequest } from '../adapters/chat-model.ts';
import { AiworkError } from '../errors.ts';
import { hashRequest, type Recording } from './recording.ts';
import { compareRequests } from './request-difference.ts';

/**
 * Gives the replies that {@link recordingChatModel} kept in `file`, and asks nobody. Of several replies to equal requests
 * each is given in its turn, and the last one from then on.
 *
 * @throws at once: `AIWORK_CORRUPT_DATA` when the file is not a recording. While streaming: `AIWORK_MODEL_REPLAY_MISS`,
 * with how the request differs from the nearest recorded one.
 * @example
 * ```ts
 * import { generate } from '@aiwork/core';
 * import { recordingChatModel, replayChatModel, scriptedChatModel } from '@aiwork/core/testing';
 *
 * const ask = { messages: [{ role: 'user', content: 'What is the time?' }] } as const;
 * await generate(recordingChatModel(scriptedChatModel(['Noon.']), 'time.json'), ask);
 * const model = replayChatModel('time.json');
 * console.log((await generate(model, ask)).text); // Noon.
 *
 * const other = { messages: [{ role: 'user', content: 'Who are you?' }] } as const;
 * await generate(model, other).catch((error) => console.log(error.code)); // AIWORK_MODEL_REPLAY_MISS
 * ```
 * @since 0.1.0
 */
export function replayChatModel(file: string): ChatModel {
  const { model, entries } = read(file);
  const byHash = new Map(entries.map((entry) => [entry.hash, entry]));
  const given = new Map<string, number>();

  function repliesTo(request: ChatRequest) {
    const hash = hashRequest(request);
    const replies = byHash.get(hash)?.replies;
    if (!replies) throw miss(file, entries, request);
    const turn = given.get(hash) ?? 0;
    given.set(hash, turn + 1);
    return replies[Math.min(turn, replies.length - 1)] ?? [];
  }

  return {
    id: model,
    async *stream(request, { signal }) {
      for (const chunk of repliesTo(request)) {
        signal.throwIfAborted();
        yield chunk;
      }
    },
  };
}

function read(file: string): Recording {
  const content = readFileSync(file, 'utf8');
  try {
    const { format, model, entries } = JSON.parse(content) as Partial<Recording>;
    if (format === 1 && typeof model === 'string' && Array.isArray(entries))
      return { format, model, entries };
  } catch (cause) {
    throw notARecording(file, cause);
  }
  throw notARecording(file);
}

function notARecording(file: string, cause?: unknown): AiworkError {
  return new AiworkError(
    'AIWORK_CORRUPT_DATA',
    `${file} is not a recording of a chat model: record it again`,
    { cause },
  );
}

function miss(file: string, entries: Recording['entries'], request: ChatRequest): AiworkError {
  const differences = entries.map((entry) => compareRequests(entry.request, request));
  differences.sort((a, b) => a.length - b.length);
  const [nearest = []] = differences;
  const shown = nearest.slice(0, 5).map((line) => `\n  ${line}`);
  const more = nearest.length > 5 ? `\n  and ${nearest.length - 5} more` : '';
  const compared =
    entries.length === 0
      ? 'it holds none'
      : `from the nearest of ${entries.length} it differs in:${shown.join('')}${more}`;
  return new AiworkError(
    'AIWORK_MODEL_REPLAY_MISS',
    `${file} holds no reply to this request; ${compared}\nRecord it again if the change is meant.`,
  );
}

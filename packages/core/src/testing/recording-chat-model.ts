import type { ChatChunk, ChatModel, ChatRequest } from '../adapters/chat-model.ts';
import { wholeChatModel } from '../agent/whole-chat-model.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import { hashRequest, type RecordedEntry, type Recording } from './recording.ts';

/**
 * Passes everything on to `model` and keeps each whole reply in `file`, for {@link replayChatModel}. The file is begun
 * anew with the first reply and is complete, on disk, whenever a reply has ended. It holds requests and replies and
 * nothing else of the model: no keys, no addresses. Replies that fail are not recorded.
 *
 * @example
 * ```ts
 * import { generate } from '@aiwork/core';
 * import { recordingChatModel, replayChatModel, scriptedChatModel } from '@aiwork/core/testing';
 *
 * const ask = { messages: [{ role: 'user', content: 'Who are you?' }] } as const;
 * await generate(recordingChatModel(scriptedChatModel(['A model.']), 'replies.json'), ask);
 * console.log((await generate(replayChatModel('replies.json'), ask)).text); // A model.
 * ```
 * @since 0.1.0
 */
export function recordingChatModel(model: ChatModel, file: string): ChatModel {
  const entries = new Map<string, RecordedEntry>();
  let written: Promise<void> = Promise.resolve();

  function keep(request: ChatRequest, chunks: readonly ChatChunk[]): Promise<void> {
    const hash = hashRequest(request);
    const replies = entries.get(hash)?.replies ?? [];
    entries.set(hash, { hash, request, replies: [...replies, chunks] });
    const recording: Recording = { format: 1, model: model.id, entries: [...entries.values()] };
    // One after another, so that the last one written is the last one made; a failure is told to its own caller only.
    written = written
      .catch(() => {})
      .then(() => writeFileAtomically(file, `${JSON.stringify(recording, null, 2)}\n`));
    return written;
  }

  return wholeChatModel({
    id: model.id,
    price: model.price,
    async *stream(request, options) {
      const asked = structuredClone(request);
      const chunks: ChatChunk[] = [];
      for await (const chunk of model.stream(request, options)) {
        chunks.push(chunk);
        if (chunk.type === 'done') await keep(asked, chunks);
        yield chunk;
      }
    },
  });
}

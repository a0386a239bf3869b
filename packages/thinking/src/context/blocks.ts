import type { Message } from '@aiwork/core';

/** Messages that mean nothing without each other, such as a tool call and its result. */
export interface Block {
  readonly messages: readonly Message[];
  /** Whether it may never be left out. */
  readonly isPinned: boolean;
}

/** A conversation in blocks. Instructions, and what the user said last with all after it, are pinned. */
export function blocksOf(messages: readonly Message[]): readonly Block[] {
  const lastAsked = messages.findLastIndex(({ role }) => role === 'user');
  const blocks: { messages: Message[]; isPinned: boolean }[] = [];
  for (const [i, message] of messages.entries()) {
    const before = blocks.at(-1);
    if (message.role === 'tool' && before) before.messages.push(message);
    else blocks.push({ messages: [message], isPinned: message.role === 'system' || i >= lastAsked });
  }
  return blocks;
}

/** What a block says, as text. */
export function textOf({ messages }: Block): string {
  return messages.map(({ content }) => content).join('\n');
}

import type { Message } from '@aiwork/core';

export const user = (content: string): Message => ({ role: 'user', content });
export const assistant = (content: string): Message => ({ role: 'assistant', content });

/** What was asked and answered. */
export const exchange = (question: string, answer = 'ok'): readonly Message[] => [
  user(question),
  assistant(answer),
];

/** A question that a tool was called for. */
export const withTool = (question: string, callId: string, result: string): readonly Message[] => [
  user(question),
  { role: 'assistant', content: '', toolCalls: [{ id: callId, name: 'look', input: { question } }] },
  { role: 'tool', toolCallId: callId, content: result },
  assistant('done'),
];

/** One token a character. */
export const byLength = (messages: readonly Message[]): number =>
  messages.reduce((sum, { content }) => sum + content.length, 0);

export const texts = (messages: readonly Message[]): readonly string[] =>
  messages.map(({ content }) => content);

import type { Message } from '@aiwork/core';
import { numbered } from '../answers/numbered.ts';
import type { Candidate } from '../candidate.ts';

/** The conversation with another word of the user, who speaks of answers that were given. */
export function followUp(messages: readonly Message[], content: string): readonly Message[] {
  return [...messages, { role: 'user', content }];
}

export const prompts = {
  refine: (best: Candidate) =>
    `This is the best answer so far:\n\n${numbered([best])}\n\n` +
    'Do not trust it. Solve the task again in another way, compare, and give a complete answer of your own in the form that was asked for.',

  settle: (contested: readonly Candidate[]) =>
    `These answers were given, and they do not agree:\n\n${numbered(contested)}\n\n` +
    'Find out where they part and which is right; all may be wrong. Then give a complete answer of your own in the form that was asked for.',

  critique: (answer: Candidate) =>
    `This answer was given:\n\n${numbered([answer])}\n\n` +
    'Check it step by step. Name each mistake and how to mend it. If there is none, say only: No mistakes.',

  revise: (answer: Candidate, critique: string) =>
    `This answer was given:\n\n${numbered([answer])}\n\nA critic says of it:\n\n<critique>\n${critique.trim()}\n</critique>\n\n` +
    'Mend what is wrong, keep what is right, and give a complete answer in the form that was asked for.',

  debate: (own: Candidate, others: readonly Candidate[]) =>
    `You gave this answer:\n\n${numbered([own])}\n\nOthers gave these:\n\n${numbered(others)}\n\n` +
    'Weigh their reasons against yours. Change your mind only where they are right, and give a complete answer in the form that was asked for.',

  nextThought: (thought: Candidate) =>
    `This is the thinking so far:\n\n${numbered([thought])}\n\n` +
    'Take it one step further: check its last step, add the next one, and give a complete answer as it looks now in the form that was asked for.',
} as const;

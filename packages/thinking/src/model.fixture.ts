import type { ChatRequest } from '@aiwork/core';
import { type ScriptedReply, type ScriptStep, scriptedChatModel } from '@aiwork/core/testing';
import type { ThinkOptions } from './think.ts';
import type { ThinkingEvent } from './thinking-event.ts';

const asked = (request: ChatRequest) => request.messages.at(-1)?.content ?? '';

/** What a request wants. */
export const isJudged = (request: ChatRequest) => asked(request).includes('"Best: "');
export const isCritic = (request: ChatRequest) => asked(request).includes('say only: No mistakes');

/** A model that makes up each reply as it is asked. */
export function modelOf(
  reply: (request: ChatRequest, call: number) => ScriptedReply | Promise<ScriptedReply>,
) {
  let calls = 0;
  const step: ScriptStep = (request) => {
    calls += 1;
    return reply(request, calls);
  };
  return scriptedChatModel(Array(1000).fill(step));
}

/** Alternatives in this order, the last again and again; judges prefer what has `right` in it, wherever it stands. */
export function answers(given: readonly string[], right?: string) {
  let next = 0;
  return modelOf((request) => {
    if (isJudged(request)) {
      const place = [...asked(request).matchAll(/<answer-\d+>\n(.*?)\n<\/answer/gs)].findIndex(
        ([, text]) => right !== undefined && text?.includes(`Answer: ${right}`),
      );
      return place < 0 ? 'I cannot say.' : `Best: ${place + 1}`;
    }
    const answer = given[Math.min(next, given.length - 1)];
    next += 1;
    return `Answer: ${answer}`;
  });
}

/** Options with a list that events go to. */
export function watched<T extends Omit<ThinkOptions, 'onEvent'>>(options: T) {
  const events: ThinkingEvent[] = [];
  return { events, options: { ...options, onEvent: (event: ThinkingEvent) => void events.push(event) } };
}

import type { RunContext } from '@aiwork/core';
import type { Progress } from '@modelcontextprotocol/client';
import { plainText } from './plain-text.ts';

/** A server may tell as much as it likes; a journal keeps no more than this of a call. */
const [maxEvents, minPauseMs] = [100, 200];

/** Makes events of what a server tells of a call: `mcp.progress`, with the tool and how far it has come. */
export function callProgress(tool: string, { emit }: RunContext): (progress: Progress) => void {
  let told = 0;
  let lastAt = 0;
  return ({ progress, total, message }) => {
    const now = performance.now();
    if (told >= maxEvents || (told > 0 && now - lastAt < minPauseMs)) return;
    told += 1;
    lastAt = now;
    emit('mcp.progress', {
      tool,
      progress,
      ...(total !== undefined && { total }),
      ...(message !== undefined && { message: plainText(message, 500) }),
    });
  };
}

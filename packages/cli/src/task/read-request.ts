import process from 'node:process';
import { UsageError } from '../usage-error.ts';
import { type TaskRequest, toRequest } from './request.ts';

const mostBytes = 64 * 1024 * 1024;

/**
 * Reads the request from standard input.
 *
 * @throws `AIWORK_USAGE` when it is too large, no JSON, or not as it has to be.
 */
export async function readRequest(stdin: AsyncIterable<Uint8Array> = process.stdin): Promise<TaskRequest> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stdin) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) {
      throw new UsageError(`the request has more than ${mostBytes} bytes`, {
        hint: 'give large outputs by reference: run the steps that make them with --out-dir, too',
      });
    }
    chunks.push(chunk);
  }
  return toRequest(parse(Buffer.concat(chunks)));
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch (error) {
    const reason = data.byteLength === 0 ? 'it is empty' : (error as Error).message;
    throw new UsageError(`the request on standard input is not JSON in UTF-8: ${reason}`);
  }
}

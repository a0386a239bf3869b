import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readRequestBody } from '@modelcontextprotocol/server';

/** A request that is not answered, in the form of the protocol's errors. */
export function refusal(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
  code = -32000,
): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status, headers });
}

/**
 * A request of Node as the web has it, without a body that was parsed already; the signal aborts when whoever asks has gone. Under which URL it
 * came plays no part.
 */
export function webRequest(request: IncomingMessage, parsed: unknown, signal: AbortSignal): Request {
  const { method = 'GET', headersDistinct } = request;
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  const hasBody = parsed === undefined && method === 'POST';
  return new Request('http://localhost/', {
    method,
    headers,
    signal,
    ...(hasBody && { body: Readable.toWeb(request), duplex: 'half' }),
  });
}

/** The body of a request as JSON, or why it is none that can be answered. */
export async function bodyOf(
  request: Request,
  parsed: unknown,
  maxBytes: number,
): Promise<{ readonly parsedBody?: unknown } | Response> {
  if (request.method !== 'POST') return {};
  if (parsed !== undefined) return { parsedBody: parsed };
  const body = await readRequestBody(request, maxBytes);
  if (body.tooLarge) return refusal(413, `the body has more than ${maxBytes} bytes`, { connection: 'close' });
  try {
    return { parsedBody: JSON.parse(body.text) };
  } catch {
    return refusal(400, 'the body is no JSON', {}, -32700);
  }
}

export async function writeResponse(answered: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  // A stream is open for its reader before there is something to be told.
  response.flushHeaders();
  if (answered.body) await pipeline(Readable.fromWeb(answered.body), response);
  else response.end();
}

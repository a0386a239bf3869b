const lineEnd = '\n'.charCodeAt(0);

/** A response that breaks off where a message is larger: what a server sends is held in memory until it is whole. */
export function boundedResponse(response: Response, maxMessageBytes: number): Response {
  if (!response.body) return response;
  // A stream has a line for each message; else, there is one in all.
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  let bytes = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const end = isStream ? chunk.lastIndexOf(lineEnd) : -1;
      bytes = end === -1 ? bytes + chunk.length : chunk.length - end - 1;
      if (bytes <= maxMessageBytes) controller.enqueue(chunk);
      else controller.error(new Error(`its message has more than ${maxMessageBytes} bytes`));
    },
  });
  return new Response(response.body.pipeThrough(counted), response);
}

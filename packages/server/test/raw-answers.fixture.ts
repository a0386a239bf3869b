import { connect } from 'node:net';

/** The head of an answer, and its body as text. */
export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/**
 * Sends bytes as they are, part by part; gives all that is answered until the server closes the connection, which the
 * client does not end unless told so. A connection that is reset has been answered with what came before.
 */
export function sendRaw(
  port: number,
  { parts, ends }: { readonly parts: readonly Buffer[]; readonly ends: boolean },
): Promise<readonly RawAnswer[]> {
  const { promise, resolve, reject } = Promise.withResolvers<readonly RawAnswer[]>();
  const received: Buffer[] = [];
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const send = (index: number): void => {
    const part = parts[index];
    if (socket.destroyed) return;
    if (part !== undefined) socket.write(part, () => setImmediate(send, index + 1));
    else if (ends) socket.end();
  };
  socket.on('connect', () => send(0));
  socket.on('data', (data) => received.push(data));
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
  });
  socket.on('close', () => resolve(answersIn(Buffer.concat(received))));
  return promise;
}

/** Answers that came one after the other. */
function answersIn(bytes: Buffer): readonly RawAnswer[] {
  const answers: RawAnswer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const headEnd = bytes.indexOf('\r\n\r\n', at);
    const head = bytes.toString('latin1', at, headEnd < 0 ? bytes.length : headEnd);
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? Number.NaN);
    const bodyAt = headEnd < 0 ? bytes.length : headEnd + 4;
    const length = /^content-length: (\d+)$/im.exec(head)?.[1];
    const isBodiless = status === 304 || status === 204 || status < 200;
    const bodyEnd = isBodiless ? bodyAt : Math.min(bodyAt + Number(length ?? Infinity), bytes.length);
    answers.push({ status, head, body: bytes.toString('utf8', bodyAt, bodyEnd) });
    at = bodyEnd;
  }
  return answers;
}

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** A file of the index, and how many of its bytes are sent before `breakOff()` is called, the first time it is asked for. */
export interface ServedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly brokenOffAfter?: number;
  readonly sha256?: string;
}

export interface FakeIndex extends AsyncDisposable {
  readonly url: string;
  /** Path and `Range` of each request, in order. */
  readonly requests: readonly string[];
  readonly authorizations: readonly (string | undefined)[];
  /** Breaks the connection of each file that is sent in part. */
  breakOff(): void;
}

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Serves a package index of one package, as JSON or as a page of links. */
export async function fakeIndex(
  files: readonly ServedFile[],
  form: 'json' | 'html' = 'json',
): Promise<FakeIndex> {
  const requests: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const sentInPart = new Map<string, ServerResponse>();

  function list(response: ServerResponse): void {
    const hashOf = (file: ServedFile) => file.sha256 ?? sha256Of(file.bytes);
    if (form === 'json') {
      const entries = files.map((file) => ({
        filename: file.name,
        url: `../../files/${file.name}`,
        hashes: { sha256: hashOf(file) },
        size: file.bytes.byteLength,
        yanked: false,
      }));
      response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json');
      response.end(JSON.stringify({ files: entries }));
      return;
    }
    const links = files.map(
      (file) =>
        `<a href="../../files/${file.name}#sha256=${hashOf(file)}" data-requires-python="&gt;=3.10">${file.name}</a><br/>`,
    );
    response.setHeader('content-type', 'text/html');
    response.end(`<!DOCTYPE html><html><body>${links.join('\n')}</body></html>`);
  }

  function send(file: ServedFile, request: IncomingMessage, response: ServerResponse): void {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.statusCode = from > 0 ? 206 : 200;
    response.setHeader('content-length', file.bytes.byteLength - from);
    if (file.brokenOffAfter !== undefined && !sentInPart.has(file.name)) {
      sentInPart.set(file.name, response);
      response.write(file.bytes.subarray(from, file.brokenOffAfter));
      return;
    }
    response.end(file.bytes.subarray(from));
  }

  const server = createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.range ?? ''}`.trim());
    authorizations.push(request.headers.authorization);
    const file = files.find(({ name }) => request.url === `/files/${name}`);
    if (request.url === '/simple/openvino/') list(response);
    else if (file !== undefined) send(file, request, response);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/simple`,
    requests,
    authorizations,
    breakOff() {
      for (const response of sentInPart.values()) response.destroy();
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A wheel with these files in it. */
export async function wheelOf(
  files: Readonly<Record<string, Uint8Array>>,
  mode = 0o100644,
): Promise<Uint8Array> {
  const zip = new ZipFile();
  for (const [name, bytes] of Object.entries(files)) {
    zip.addBuffer(Buffer.from(bytes), name, { mode, compress: bytes.byteLength < 1000 });
  }
  zip.end();
  return buffer(zip.outputStream);
}

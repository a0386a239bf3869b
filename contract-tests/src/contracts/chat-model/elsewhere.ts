import { type HttpServer, openHttpServer } from '../../engine/http-server.ts';

/** A server that is not the provider's. */
export interface Elsewhere extends Pick<HttpServer, 'close'> {
  readonly url: string;
  /** What it was asked, as method and path. */
  readonly asked: readonly string[];
}

export async function openElsewhere(): Promise<Elsewhere> {
  const asked: string[] = [];
  const { address, close } = await openHttpServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end();
  });
  return { url: `http://${address.host}:${address.port}`, asked, close };
}

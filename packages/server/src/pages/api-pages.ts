import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { entityTag, isKnown } from '../entity-tag.ts';
import { readAsset } from './assets.ts';

interface File {
  readonly type: string;
  readonly read: () => Promise<string | Buffer>;
}

const script = 'text/javascript; charset=utf-8';

/** Redoc shows the logo of who makes it, from their host. */
const redocLogo = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const nothingToSee = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=';

const files: Readonly<Record<string, File>> = {
  'swagger-ui.js': { type: script, read: () => readAsset('swagger-ui.js') },
  'swagger-ui.css': { type: 'text/css; charset=utf-8', read: () => readAsset('swagger-ui.css') },
  'redoc.js': {
    type: script,
    read: async () => (await readAsset('redoc.js')).toString().replaceAll(redocLogo, nothingToSee),
  },
  'start-swagger-ui.js': {
    type: script,
    read: async () =>
      "SwaggerUIBundle({ url: 'openapi.json', dom_id: '#page', deepLinking: true, validatorUrl: null, displayRequestDuration: true });\n",
  },
  'start-redoc.js': {
    type: script,
    read: async () => "Redoc.init('openapi.json', {}, document.getElementById('page'));\n",
  },
};

/** Both make styles as they go; Redoc searches in a worker. They ask this server, and nobody else. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Pages to read and try the API on: Swagger UI at `/docs`, Redoc at `/redoc`. */
export function apiPages(app: FastifyInstance): void {
  page(app, '/docs', {
    title: 'API',
    style: 'swagger-ui.css',
    scripts: ['swagger-ui.js', 'start-swagger-ui.js'],
  });
  page(app, '/redoc', { title: 'API reference', scripts: ['redoc.js', 'start-redoc.js'] });

  const read = new Map<string, Promise<{ readonly body: Buffer; readonly etag: string }>>();
  for (const [name, { type, read: readFile }] of Object.entries(files)) {
    app.get(`/docs/${name}`, { schema: { hide: true } }, async (request, reply) => {
      const known = read.get(name) ?? readFile().then(withTag);
      read.set(name, known);
      known.catch(() => read.delete(name));
      const { body, etag } = await known;
      return answer(request, reply.type(type), body, etag);
    });
  }
}

interface Page {
  readonly title: string;
  readonly style?: string;
  readonly scripts: readonly string[];
}

function page(app: FastifyInstance, path: string, { title, style, scripts }: Page): void {
  // Addresses are relative: a gateway may serve this under another path.
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>body { margin: 0 }</style>
${style ? `<link rel="stylesheet" href="docs/${style}">\n` : ''}</head>
<body>
<div id="page"></div>
${scripts.map((name) => `<script src="docs/${name}"></script>\n`).join('')}</body>
</html>
`;
  const { body, etag } = withTag(html);
  app.get(path, { schema: { hide: true } }, async (request, reply) => {
    reply.type('text/html; charset=utf-8').header('content-security-policy', contentSecurityPolicy);
    return answer(request, reply, body, etag);
  });
  app.get(`${path}/`, { schema: { hide: true } }, async (_, reply) => reply.redirect(`..${path}`));
}

function withTag(content: string | Buffer): { readonly body: Buffer; readonly etag: string } {
  const body = Buffer.from(content as string);
  return { body, etag: entityTag(body) };
}

function answer(request: FastifyRequest, reply: FastifyReply, body: Buffer, etag: string): FastifyReply {
  reply.header('etag', etag).header('cache-control', 'no-cache');
  return isKnown(request, etag) ? reply.code(304).send() : reply.send(body);
}

import { AiworkError } from '@aiwork/core';
import { expect, it } from 'vitest';
import { apiKeys, newApiKey } from '../auth/api-keys.ts';
import { serve } from '../server.fixture.ts';
import type { ServerExtension } from './extensions.ts';

interface Named {
  readonly Body: { readonly name: string };
}

const echo: ServerExtension = {
  name: 'echo',
  routes(app, access) {
    app.post<Named>(
      '/echo',
      {
        schema: {
          operationId: 'echo',
          body: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } },
        },
      },
      async (request) => {
        access.require(request, request.body.name, 'execute');
        if (request.body.name === 'nobody') throw new AiworkError('AIWORK_UNKNOWN_MODEL', 'nobody is there');
        return { echo: request.body.name };
      },
    );
  },
  info: () => ({ loud: true }),
  metrics: { scrape: async () => ({ contentType: 'text/plain', body: 'echoes_total 1\n' }) },
};

it('adds routes that are checked, refused and described as all others', async () => {
  const { post, get } = await serve({ extensions: [echo] });
  expect((await post('/echo', { name: 'a' })).body).toEqual({ echo: 'a' });
  expect(await post('/echo', { name: 1 })).toMatchObject({
    status: 400,
    body: { errors: [{ pointer: '/name' }] },
  });
  expect(await post('/echo', { name: 'nobody' })).toMatchObject({
    status: 404,
    body: { code: 'AIWORK_UNKNOWN_MODEL' },
  });
  expect((await get('/openapi.json')).body.paths['/echo'].post.responses.default).toBeDefined();
});

it('adds routes that are behind who is let in, and to what', async () => {
  const [reader, writer] = [newApiKey(), newApiKey()];
  const auth = [
    apiKeys([
      { ...reader, id: 'reader', scopes: ['*:read'] },
      { ...writer, id: 'writer', scopes: ['a:execute'] },
    ]),
  ];
  const { post } = await serve({ extensions: [echo], auth });
  const as = (key: string, name: string) => post('/echo', { name }, { 'x-api-key': key });
  expect((await post('/echo', { name: 'a' })).status).toBe(401);
  expect((await as(reader.key, 'a')).status).toBe(403);
  expect((await as(writer.key, 'a')).status).toBe(200);
  expect((await as(writer.key, 'b')).status).toBe(403);
});

it('tells of extensions', async () => {
  const metrics = { scrape: async () => ({ contentType: 'text/plain', body: 'up 1' }) };
  const { get } = await serve({ extensions: [echo], metrics });
  expect((await get('/info')).body.extensions).toEqual({ echo: { loud: true } });
  expect((await get('/metrics')).body).toBe('up 1\nechoes_total 1\n');
});

it('shows the metrics of extensions where there are no others', async () => {
  expect((await (await serve({ extensions: [echo] })).get('/metrics')).body).toBe('echoes_total 1\n');
});

it('is not ready while an extension is not', async () => {
  let isReady = false;
  const check = async () => {
    if (!isReady) throw new Error('it loads');
  };
  const { get } = await serve({ extensions: [{ ...echo, check }] });
  expect(await get('/health')).toMatchObject({ status: 503, body: { status: 'failing' } });
  isReady = true;
  expect((await get('/health')).status).toBe(200);
});

const doubling: ServerExtension = {
  name: 'doubling',
  routes(app, access) {
    app.post<{ readonly Body: { readonly n: unknown } }>('/double', async (request, reply) => {
      reply.code(202);
      return access.start(request, { unit: 'double', input: request.body.n });
    });
  },
  openRoutes(app) {
    app.get('/double', (_, reply) => reply.type('text/plain').send('Double what?'));
  },
};

it('starts units for extensions as for clients', async () => {
  const [key, other] = [newApiKey(), newApiKey()];
  const auth = [
    apiKeys([
      { ...key, id: 'ada', scopes: ['double:execute'] },
      { ...other, id: 'bob', scopes: ['ask:execute'] },
    ]),
  ];
  const { post, get } = await serve({ extensions: [doubling], auth });
  const headers = { 'x-api-key': key.key, 'idempotency-key': 'once' };
  const { status, body } = await post('/double', { n: 21 }, headers);
  expect({ status, unit: body.unit }).toEqual({ status: 202, unit: 'double' });
  expect((await post('/double', { n: 21 }, headers)).body.executionId).toBe(body.executionId);
  expect((await post('/double', { n: 22 }, headers)).status).toBe(422);
  const seen = await get(`/status/${body.executionId}`, { 'x-api-key': key.key });
  expect(seen.body.executionId).toBe(body.executionId);
  expect((await get(`/status/${body.executionId}`, { 'x-api-key': other.key })).status).toBe(404);
  expect((await post('/double', { n: 'x' }, { 'x-api-key': key.key })).body.code).toBe(
    'AIWORK_INVALID_INPUT',
  );
  expect((await post('/double', { n: 1 }, { 'x-api-key': other.key })).status).toBeGreaterThanOrEqual(403);
});

it('serves everybody what is for everybody', async () => {
  const { hash } = newApiKey();
  const { get, post } = await serve({
    extensions: [doubling],
    auth: [apiKeys([{ id: 'ada', scopes: ['*:*'], hash }])],
  });
  expect(await get('/double')).toMatchObject({ status: 200, body: 'Double what?' });
  expect((await post('/double', { n: 1 })).status).toBe(401);
});

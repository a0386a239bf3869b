import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ApiKey, apiKeys, newApiKey } from './auth/api-keys.ts';
import { jsonWebTokens } from './auth/json-web-tokens.ts';
import { isAllowed } from './auth/principal.ts';
import { serve } from './server.fixture.ts';

const withKey = (key: string) => ({ authorization: `Bearer ${key}` });

async function serveTo(principals: Readonly<Record<string, readonly string[]>>) {
  const made = Object.entries(principals).map(([id, scopes]) => ({ ...newApiKey(), id, scopes }));
  const served = await serve({ auth: [apiKeys(made.map(({ id, scopes, hash }) => ({ id, scopes, hash })))] });
  return { ...served, keys: new Map(made.map(({ id, key }) => [id, withKey(key)])) };
}

describe('scopes', () => {
  it.each([
    ['report:execute', 'report', 'execute', true],
    ['report:execute', 'report', 'read', true],
    ['report:execute', 'report', 'control', false],
    ['report:*', 'report', 'control', true],
    ['report:read', 'report', 'execute', false],
    ['*:read', 'any', 'read', true],
    ['*:*', 'any', 'control', true],
    ['report:execute', 'report:execute', 'read', false],
    ['a:b:read', 'a:b', 'read', true],
    ['*', 'any', 'read', false],
  ] as const)('%s lets %s be asked to %s: %s', (scope, unit, action, allowed) => {
    expect(isAllowed({ id: 'p', scopes: [scope] }, unit, action)).toBe(allowed);
  });
});

describe('a server that knows principals', () => {
  it('lets nobody else in, says how to come in, and is watched without', async () => {
    const { get, post } = await serveTo({ ada: ['*:*'] });
    for (const headers of [{}, withKey('guess'), { authorization: 'Basic YTpi' }, { 'x-api-key': 'guess' }]) {
      const { status, headers: answer, body } = await post('/execute', { unit: 'double', input: 1 }, headers);
      expect({ status, code: body.code }).toEqual({ status: 401, code: 'AIWORK_UNAUTHENTICATED' });
      expect(answer.get('www-authenticate')).toMatch(/^Bearer/);
      expect(JSON.stringify(body)).not.toContain('guess');
    }
    expect((await get('/flows')).status).toBe(401);
    expect((await get('/health/ready')).status).toBe(200);
  });

  it('refuses before it has read what was sent', async () => {
    const { post } = await serveTo({ ada: ['*:*'] });
    expect((await post('/execute', { unit: 'x'.repeat(2_000_000) })).status).toBe(401);
  });

  it('takes a key in either header', async () => {
    const { post, keys } = await serveTo({ ada: ['*:*'] });
    const key = keys.get('ada')?.authorization.slice('Bearer '.length) ?? '';
    expect((await post('/execute', { unit: 'double', input: 1 }, { 'x-api-key': key })).status).toBe(200);
    expect((await post('/execute', { unit: 'double', input: 1 }, withKey(key))).status).toBe(200);
  });

  it('shows to each only units and actions that it may use', async () => {
    const { get, post, keys } = await serveTo({ ada: ['double:execute'], bob: ['double:read', 'ask:*'] });
    const [ada, bob] = [keys.get('ada'), keys.get('bob')];
    expect((await get('/tasks', ada)).body.items).toMatchObject([{ id: 'double' }]);
    expect((await get('/flows', ada)).body.items).toEqual([]);
    expect((await get('/flows', bob)).body.items).toMatchObject([{ id: 'ask' }]);
    expect((await get('/flows/ask/graph', ada)).status).toBe(404);
    const start = { unit: 'double', input: 2 };
    expect((await post('/execute', start, ada)).body.output).toBe(4);
    expect(await post('/execute', start, bob)).toMatchObject({
      status: 403,
      body: { code: 'AIWORK_FORBIDDEN' },
    });
    expect(await post('/execute', { unit: 'ask', input: {} }, ada)).toMatchObject({ status: 404 });
  });

  it('keeps executions to who started them', async () => {
    const { get, post, keys } = await serveTo({ ada: ['*:*'], bob: ['*:*'] });
    const [ada, bob] = [keys.get('ada'), keys.get('bob')];
    const input = { name: 'Ada', n: 1 };
    const same = { 'idempotency-key': 'same', prefer: 'wait=0' };
    const hers = (await post('/execute', { unit: 'ask', input, tags: ['t'] }, { ...ada, ...same })).body;
    const his = (await post('/execute', { unit: 'ask', input }, { ...bob, ...same })).body;
    expect(his.executionId).not.toBe(hers.executionId);
    const id = hers.executionId;
    expect((await get(`/status/${id}`, ada)).status).toBe(200);
    for (const path of [`/status/${id}`, `/executions/${id}/events`])
      expect(await get(path, bob)).toMatchObject({ status: 404, body: { code: 'AIWORK_RUN_NOT_FOUND' } });
    for (const path of ['cancel', 'resume', 'rerun'])
      expect((await post(`/executions/${id}/${path}`, undefined, bob)).status).toBe(404);
    expect((await post(`/executions/${id}/signals/may`, { payload: { yes: true } }, bob)).status).toBe(404);
    for (const query of ['', '?tag=t', '?unit=ask', '?status=waiting']) {
      const { body } = await get(`/executions${query}`, bob);
      expect(body.items.filter(({ executionId }: { executionId: string }) => executionId === id)).toEqual([]);
    }
    expect((await get('/executions', ada)).body.items).toMatchObject([{ executionId: id, tags: ['t'] }]);
    expect((await get('/executions?tag=t', ada)).body.items).toMatchObject([{ executionId: id }]);
  });

  it('fills pages of a list with what somebody may see, however much there is of others', async () => {
    const { get, post, keys } = await serveTo({ ada: ['*:*'], bob: ['*:*'] });
    const start = (who: string) => post('/execute', { unit: 'double', input: 1, tags: ['t'] }, keys.get(who));
    const { body } = await start('ada');
    for (let i = 0; i < 3; i++) await start('bob');
    const page = await get('/executions?tag=t&limit=2', keys.get('ada'));
    expect(page.body.items).toMatchObject([{ executionId: body.executionId }]);
    expect((await get('/executions?tag=u', keys.get('ada'))).body.items).toEqual([]);
  });

  it('leaves no client the tags that it keeps this by', async () => {
    const { get, post, keys } = await serveTo({ ada: ['*:*'] });
    const tags = ['aiwork:principal=bob'];
    expect((await post('/execute', { unit: 'double', input: 1, tags }, keys.get('ada'))).status).toBe(400);
    expect((await get('/executions?tag=aiwork:principal=bob', keys.get('ada'))).status).toBe(400);
  });

  it('gives an execution that is run again to who owns the first', async () => {
    const { get, post, keys } = await serveTo({ ada: ['*:*'] });
    const first = (await post('/execute', { unit: 'double', input: 1 }, keys.get('ada'))).body;
    const again = await post(`/executions/${first.executionId}/rerun`, undefined, keys.get('ada'));
    expect(again.status).toBe(202);
    expect((await get(`/status/${again.body.executionId}`, keys.get('ada'))).status).toBe(200);
  });
});

describe('API keys', () => {
  const key: ApiKey = { id: 'ada', scopes: ['*:read'], hash: newApiKey().hash };

  it('are kept by their hashes alone', async () => {
    const made = newApiKey();
    const known = apiKeys([{ ...key, hash: made.hash }]);
    expect(await known.authenticate(made.key)).toEqual({ id: 'ada', scopes: ['*:read'] });
    expect(inspect(known, { depth: 9 })).not.toContain(made.key);
    expect(await known.authenticate(made.hash)).toBeUndefined();
  });

  it.each<[string, readonly ApiKey[], RegExp]>([
    ['no hash', [{ ...key, hash: 'secret' }], /no SHA-256/],
    ['a key of two', [key, { ...key, id: 'bob' }], /key of another principal/],
    ['a scope of no action', [{ ...key, scopes: ['report'] }], /scope "report"/],
    ['a name with a line break', [{ ...key, id: 'a\nb' }], /visible ASCII/],
  ])('are refused: %s', (_, keys, message) => {
    expect(() => apiKeys(keys)).toThrow(message);
  });
});

describe('JSON Web Tokens', () => {
  const issuer = 'https://id.example.org/';
  const audience = 'aiwork';

  async function provider() {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] };
    const http = createHttpServer((_, response) => response.end(JSON.stringify(jwks)));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void http.close());
    const jwksUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
    const sign = (claims: JWTPayload, seconds = 60, key: typeof privateKey = privateKey) =>
      new SignJWT({ iss: issuer, aud: audience, sub: 'ada', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .sign(key);
    return { jwksUrl, sign, http, publicJwk: jwks.keys[0] };
  }

  it('of the issuer, for this audience and not expired, tell who somebody is', async () => {
    const { jwksUrl, sign } = await provider();
    const { post } = await serve({ auth: [jsonWebTokens({ jwksUrl, issuer, audience })] });
    const start = async (token: string) =>
      (await post('/execute', { unit: 'double', input: 1 }, withKey(token))).status;
    const scope = 'openid double:execute';
    expect(await start(await sign({ scope }))).toBe(200);
    expect(await start(await sign({ scopes: ['double:execute'] }))).toBe(200);
    expect(await start(await sign({ scope: 'openid' }))).toBe(404);
    expect(await start(await sign({ scope, aud: 'another' }))).toBe(401);
    expect(await start(await sign({ scope, iss: 'https://another.example.org/' }))).toBe(401);
    expect(await start(await sign({ scope }, -120))).toBe(401);
    const { privateKey: stolen } = await generateKeyPair('ES256');
    expect(await start(await sign({ scope }, 60, stolen))).toBe(401);
    const [header, body] = (await sign({ scope })).split('.');
    expect(await start(`${header}.${body}.`)).toBe(401);
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    expect(await start(`${none}.${body}.`)).toBe(401);
  });

  it('cannot be told from others while the issuer does not answer: that is no refusal', async () => {
    const { jwksUrl, sign, http } = await provider();
    const token = await sign({ scope: 'double:execute' });
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    const { post } = await serve({ auth: [jsonWebTokens({ jwksUrl, issuer, audience })] });
    const { status } = await post('/execute', { unit: 'double', input: 1 }, withKey(token));
    expect(status).toBe(503);
  });

  it('are taken from an issuer that cannot be listened to alone', () => {
    const options = { issuer, audience };
    expect(() => jsonWebTokens({ ...options, jwksUrl: 'http://id.example.org/' })).toThrow(
      /give a URL of https/,
    );
    expect(() => jsonWebTokens({ ...options, jwksUrl: 'nothing' })).toThrow(/give a URL of https/);
  });
});

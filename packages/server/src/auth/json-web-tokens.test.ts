import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { serve } from '../server.fixture.ts';
import { jsonWebTokens, type SignatureAlgorithm } from './json-web-tokens.ts';

const audience = 'aiwork';

/** An issuer of tokens, with discovery, whose keys can change and which can fail. */
async function provider() {
  const keys: JWK[] = [];
  let asked = 0;
  let discovered = 0;
  let fault: number | undefined;
  let describedAs: object = {};
  const http = createHttpServer((request, response) => {
    const isKeys = request.url === '/keys';
    if (isKeys) asked += 1;
    else discovered += 1;
    response.statusCode = fault ?? 200;
    response.end(JSON.stringify(isKeys ? { keys } : { issuer, jwks_uri: `${issuer}/keys`, ...describedAs }));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void http.close());
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;

  async function newKey(alg: SignatureAlgorithm = 'ES256') {
    const { publicKey, privateKey } = await generateKeyPair(alg);
    const kid = `k${keys.length + 1}`;
    keys.push({ ...(await exportJWK(publicKey)), kid, alg });
    return (claims: JWTPayload = {}, seconds = 60) =>
      new SignJWT({ iss: issuer, aud: audience, sub: 'ada', scope: 'double:execute', ...claims })
        .setProtectedHeader({ alg, kid })
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .sign(privateKey);
  }

  return {
    issuer,
    newKey,
    asked: () => asked,
    discovered: () => discovered,
    fail: (status: number | undefined) => {
      fault = status;
    },
    describeAs: (other: object) => {
      describedAs = other;
    },
    rotate: () => keys.splice(0, keys.length - 1),
  };
}

/** Lets time pass for what looks at the date. */
function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

const ada = { id: 'ada', scopes: ['double:execute'] };
const unavailable = expect.objectContaining({ code: 'AIWORK_ISSUER_UNAVAILABLE', retryable: true });

afterEach(() => {
  vi.useRealTimers();
});

describe('an issuer that can be discovered', () => {
  it('needs no address of its keys', async () => {
    const { issuer, newKey } = await provider();
    const sign = await newKey();
    const known = jsonWebTokens({ issuer, audience });
    expect(await known.authenticate(await sign())).toEqual(ada);
    expect(await known.authenticate(await sign({ aud: 'another' }))).toBeUndefined();
  });

  it.each([
    ['describes another', { issuer: 'https://another.example.org' }],
    ['shows its keys to those who listen', { jwks_uri: 'http://id.example.org/keys' }],
    ['shows no keys', { jwks_uri: undefined }],
  ])('is not believed when it %s', async (_, described) => {
    const { issuer, newKey, describeAs } = await provider();
    describeAs(described);
    const token = await (await newKey())();
    await expect(jsonWebTokens({ issuer, audience }).authenticate(token)).rejects.toEqual(unavailable);
  });
});

describe('keys of an issuer', () => {
  it('are looked for once by all the requests that come first', async () => {
    const { issuer, newKey, asked, discovered } = await provider();
    const token = await (await newKey())();
    const known = jsonWebTokens({ issuer, audience });
    const found = await Promise.all(Array.from({ length: 20 }, () => known.authenticate(token)));
    expect(found).toEqual(Array(20).fill(ada));
    expect({ asked: asked(), discovered: discovered() }).toEqual({ asked: 1, discovered: 1 });
  });

  it('are asked for once, and again for a token of a new one', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { issuer, newKey, asked, rotate } = await provider();
    const known = jsonWebTokens({ issuer, audience });
    const old = await newKey();
    for (let i = 0; i < 5; i++) expect(await known.authenticate(await old())).toEqual(ada);
    expect(asked()).toBe(1);
    const next = await newKey();
    rotate();
    pass(31_000);
    expect(await known.authenticate(await next())).toEqual(ada);
    expect(await known.authenticate(await old())).toBeUndefined();
    expect(asked()).toBe(2);
  });

  it('are gone by for an hour while the issuer does not answer', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { issuer, newKey, fail } = await provider();
    const sign = await newKey();
    const known = jsonWebTokens({ issuer, audience });
    await known.authenticate(await sign());
    fail(500);
    pass(15 * 60_000);
    expect(await known.authenticate(await sign())).toEqual(ada);
    const unseen = await newKey();
    await expect(known.authenticate(await unseen())).rejects.toEqual(unavailable);
    pass(60 * 60_000);
    await expect(known.authenticate(await sign())).rejects.toEqual(unavailable);
    fail(undefined);
    pass(6000);
    expect(await known.authenticate(await sign())).toEqual(ada);
    expect(await known.authenticate(await unseen())).toEqual(ada);
  });

  it('are not asked for by each token while the issuer does not answer', async () => {
    const { issuer, newKey, fail, asked } = await provider();
    const token = await (await newKey())();
    fail(503);
    const known = jsonWebTokens({ jwksUrl: `${issuer}/keys`, issuer, audience });
    for (let i = 0; i < 20; i++) await expect(known.authenticate(token)).rejects.toEqual(unavailable);
    expect(asked()).toBe(1);
  });

  it('are not needed for tokens of another issuer, which hold while this one does not answer', async () => {
    const [down, up] = [await provider(), await provider()];
    down.fail(500);
    const token = await (await up.newKey())();
    const auth = [down, up].map(({ issuer }) => jsonWebTokens({ issuer, audience }));
    const { get } = await serve({ auth });
    expect((await get('/tasks', { authorization: `Bearer ${token}` })).status).toBe(200);
    expect(down.discovered()).toBe(0);
  });

  it('that cannot be had are no refusal: who asks is to come back', async () => {
    const { issuer, newKey, fail } = await provider();
    const token = await (await newKey())();
    fail(500);
    const { get } = await serve({ auth: [jsonWebTokens({ issuer, audience })] });
    const { status, headers, body } = await get('/tasks', { authorization: `Bearer ${token}` });
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'AIWORK_ISSUER_UNAVAILABLE' });
    expect(headers.get('retry-after')).toBe('5');
    expect(JSON.stringify(body)).not.toContain(issuer);
  });
});

describe('a token', () => {
  it('may be signed as is allowed, and not otherwise', async () => {
    const { issuer, newKey } = await provider();
    const signed = {
      EdDSA: await newKey('EdDSA'),
      RS256: await newKey('RS256'),
      ES256: await newKey('ES256'),
    };
    const known = jsonWebTokens({ issuer, audience, algorithms: ['RS256', 'EdDSA'] });
    expect(await known.authenticate(await signed.EdDSA())).toEqual(ada);
    expect(await known.authenticate(await signed.RS256())).toEqual(ada);
    expect(await known.authenticate(await signed.ES256())).toBeUndefined();
  });

  it('is taken a little after its time, as far as clocks may be apart', async () => {
    const { issuer, newKey } = await provider();
    const token = await (await newKey())({}, -20);
    expect(await jsonWebTokens({ issuer, audience }).authenticate(token)).toEqual(ada);
    expect(
      await jsonWebTokens({ issuer, audience, clockToleranceMs: 0 }).authenticate(token),
    ).toBeUndefined();
  });

  it.each(['', 'a b', 'a\nb', 'x'.repeat(101), 'ü'])('is of nobody when its subject is %j', async (sub) => {
    const { issuer, newKey } = await provider();
    const known = jsonWebTokens({ issuer, audience });
    expect(await known.authenticate(await (await newKey())({ sub }))).toBeUndefined();
  });
});

it.each<[string, object]>([
  ['algorithms', { algorithms: ['HS256'] }],
  ['algorithms', { algorithms: [] }],
  ['clockToleranceMs', { clockToleranceMs: Number.NaN }],
  ['issuer', { issuer: 'http://id.example.org' }],
  ['jwksUrl', { jwksUrl: 'nothing' }],
])('refuses %s that cannot be used', (name, options) => {
  expect(() => jsonWebTokens({ issuer: 'https://id.example.org', audience, ...options })).toThrow(name);
});

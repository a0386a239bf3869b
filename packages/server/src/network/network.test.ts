import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { createOrchestrator } from '@aiwork/core';
import { afterAll, describe, expect, it } from 'vitest';
import { createServer, type ServerOptions } from '../create-server.ts';
import { double, serve } from '../server.fixture.ts';

const app = 'https://app.example.org';

describe('pages of other origins', () => {
  const preflight = {
    origin: app,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,idempotency-key',
  };

  it('may ask when their origin is among those that may', async () => {
    const { url, post } = await serve({ corsOrigins: [app] });
    const { headers } = await post('/execute', { unit: 'double', input: 1 }, { origin: app });
    expect(headers.get('access-control-allow-origin')).toBe(app);
    expect(headers.get('access-control-expose-headers')).toContain('location');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    const asked = await fetch(`${url}/execute`, { method: 'OPTIONS', headers: preflight });
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-headers')).toContain('idempotency-key');
    expect(asked.headers.get('access-control-allow-methods')).toContain('POST');
  });

  it('may be clients of MCP', async () => {
    const { url } = await serve({ corsOrigins: [app] });
    const { headers } = await fetch(`${url}/mcp`, {
      method: 'OPTIONS',
      headers: {
        origin: app,
        'access-control-request-method': 'DELETE',
        'access-control-request-headers': 'mcp-protocol-version,mcp-session-id',
      },
    });
    expect(headers.get('access-control-allow-methods')).toContain('DELETE');
    expect(headers.get('access-control-allow-headers')).toMatch(/mcp-protocol-version, mcp-session-id/);
  });

  it('read what they are refused for', async () => {
    const auth = [{ authenticate: async () => undefined }];
    const { get } = await serve({ corsOrigins: [app], auth });
    const { status, headers } = await get('/tasks', { origin: app });
    expect({ status, allowed: headers.get('access-control-allow-origin') }).toEqual({
      status: 401,
      allowed: app,
    });
  });

  it.each([
    ['another', [app]],
    ['none at all', []],
  ])('may not when %s may', async (_, corsOrigins) => {
    const { url, get } = await serve({ corsOrigins });
    const origin = 'https://evil.example.org';
    expect((await get('/tasks', { origin })).headers.get('access-control-allow-origin')).not.toBe(origin);
    const asked = await fetch(`${url}/execute`, { method: 'OPTIONS', headers: { ...preflight, origin } });
    expect(asked.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('all may with a star', async () => {
    const { get } = await serve({ corsOrigins: ['*'] });
    expect((await get('/tasks', { origin: app })).headers.get('access-control-allow-origin')).toBe('*');
  });

  it('are not who asks what there is', async () => {
    const { url } = await serve({ corsOrigins: [app] });
    const asked = await fetch(`${url}/execute`, { method: 'OPTIONS' });
    expect(asked.headers.get('allow')).toBe('POST');
    expect(asked.headers.get('content-type')).toContain('application/problem+json');
    expect(asked.status).toBe(405);
  });

  it.each(['app.example.org', `${app}/`, `${app}/path`, 'null'])('are not called %s', async (origin) => {
    await using orchestrator = createOrchestrator();
    const made = createServer({ orchestrator, units: [double], corsOrigins: [origin] });
    await expect(made).rejects.toThrow(/give origins such as/);
  });
});

describe('a server for everybody on its machine', () => {
  const askAs = (url: string, host: string, path = '/tasks'): Promise<number> =>
    new Promise((resolve, reject) => {
      get(`${url}${path}`, { headers: { host }, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      }).on('error', reject);
    });

  it.each([
    ['localhost:8080', 200],
    ['127.0.0.1', 200],
    ['[::1]:8080', 200],
    ['app.localhost', 200],
    ['server:8080', 200],
    ['evil.example.org', 403],
    ['localhost.example.org:8080', 403],
    ['127.0.0.1.example.org', 403],
  ])('is not for pages whose names were made to point to it: %s', async (host, status) => {
    const { url } = await serve();
    expect(await askAs(url, host)).toBe(status);
    expect(await askAs(url, host, '/openapi.json')).toBe(status);
  });

  describe('is changed by no page of the web', () => {
    const page = { origin: 'https://evil.example.org', 'sec-fetch-site': 'cross-site' };

    it('which browsers let send what has no body', async () => {
      const { post, get } = await serve();
      expect(await post('/executions/first/rerun', undefined, page)).toMatchObject({
        status: 403,
        body: { code: 'AIWORK_FORBIDDEN', detail: expect.stringContaining('evil.example.org') },
      });
      expect((await get('/tasks', page)).status).toBe(200);
    });

    it.each([
      ['of an origin that may', { corsOrigins: [page.origin] }, page],
      ['where all may', { corsOrigins: ['*'] }, page],
      ['of its own', {}, { ...page, 'sec-fetch-site': 'same-origin' }],
      ['of the same machine', {}, { ...page, 'sec-fetch-site': 'same-site' }],
      ['that is none', {}, {}],
    ])('but by one %s', async (_, options, headers) => {
      const { post } = await serve(options);
      expect((await post('/executions/first/rerun', undefined, headers)).status).toBe(404);
    });
  });

  it('is one where nobody is told apart, too', async () => {
    const { url, get } = await serve({ auth: [] });
    expect(await askAs(url, 'evil.example.org')).toBe(403);
    expect((await get('/openapi.json')).body.security).toBeUndefined();
  });

  it.each<[string, Partial<ServerOptions>]>([
    ['tokens', { auth: [{ authenticate: async () => ({ id: 'ada', scopes: ['*:*'] }) }] }],
    ['a proxy', { trustProxy: ['loopback'] }],
  ])('may have any name with %s', async (_, options) => {
    const { url } = await serve(options);
    expect(await askAs(url, 'evil.example.org')).toBe(options.auth ? 401 : 200);
  });
});

describe('proxies that are believed', () => {
  it.each(['10.0.0.7', '10.0.0.0/8', 'fd00::/8', '::1', 'uniquelocal'])('may be called %s', async (proxy) => {
    expect((await (await serve({ trustProxy: [proxy] })).get('/tasks')).status).toBe(200);
  });

  it.each(['proxy', '10.0.0.0/40', ''])('are not called %s', async (proxy) => {
    await using orchestrator = createOrchestrator();
    const made = createServer({ orchestrator, units: [double], trustProxy: ['loopback', proxy] });
    await expect(made).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      message: expect.stringContaining(`trustProxy holds "${proxy}": give addresses or networks`),
    });
  });
});

describe('every answer', () => {
  it.each(['/tasks', '/nowhere', '/openapi.json', '/health', '/status/%FF'])(
    'tells browsers to be careful: %s',
    async (path) => {
      const { get } = await serve();
      const { headers } = await get(path);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('strict-transport-security')).toBeNull();
    },
  );

  it('has the id of its request, which is no other', async () => {
    const { get } = await serve();
    const ids = await Promise.all(
      ['/tasks', '/tasks', '/nowhere'].map(async (path) => (await get(path)).headers.get('x-request-id')),
    );
    expect(new Set(ids).size).toBe(3);
    expect(ids.every((id) => id?.length === 36)).toBe(true);
  });
});

describe('a server that speaks TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aiwork-tls-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const openssl = (...args: readonly string[]) =>
    execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const pem = (name: string) => readFileSync(join(folder, name), 'utf8');
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=Test CA');
  for (const name of ['server', 'client']) {
    openssl(
      'req',
      ...curve.slice(0, 5),
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.csr`,
      '-subj',
      `/CN=${name}`,
    );
    const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2'];
    openssl('x509', '-req', '-in', `${name}.csr`, ...signed, '-out', `${name}.crt`);
  }
  const ca = pem('ca.crt');
  const tls = { cert: pem('server.crt'), key: pem('server.key') };

  function ask(url: string, client: object = {}): Promise<{ status: number; hsts: string; of: unknown }> {
    return new Promise((resolve, reject) => {
      const options = { ca, checkServerIdentity: () => undefined, agent: false, ...client } as const;
      request(`${url}/tasks`, options, (response) => {
        response.resume();
        resolve({
          status: response.statusCode ?? 0,
          hsts: String(response.headers['strict-transport-security']),
          of: (response.socket as TLSSocket).getPeerCertificate().subject.CN,
        });
      })
        .on('error', reject)
        .end();
    });
  }

  it('answers, and tells browsers to come back the same way', async () => {
    await using orchestrator = createOrchestrator();
    await using server = await createServer({ orchestrator, units: [double], tls });
    const url = await server.listen();
    expect(url).toMatch(/^https:/);
    expect(await ask(url)).toEqual({ status: 200, hsts: 'max-age=31536000', of: 'server' });
    await expect(ask(url, { ca: undefined })).rejects.toThrow(/certificate/);
    await expect(ask(url, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
  });

  it('uses what its files have become, and stays as it was while they do not go together', async () => {
    const made = mkdtempSync(join(folder, 'files-'));
    const [certFile, keyFile] = [join(made, 'tls.crt'), join(made, 'tls.key')];
    /** As who renews certificates does it: at once, one after the other. */
    const install = (name: string, file: string) => {
      writeFileSync(`${file}.new`, pem(name));
      renameSync(`${file}.new`, file);
    };
    install('server.crt', certFile);
    install('server.key', keyFile);
    const lines: string[] = [];
    const logger = { level: 'info', stream: { write: (line: string) => void lines.push(line) } };
    await using orchestrator = createOrchestrator();
    const files = { certFile, keyFile };
    await using server = await createServer({ orchestrator, units: [double], tls: files, logger });
    const url = await server.listen();
    expect((await ask(url)).of).toBe('server');
    install('client.crt', certFile);
    await expect.poll(() => lines.join(''), { timeout: 30_000 }).toContain('those of before stay');
    expect((await ask(url)).of).toBe('server');
    install('client.key', keyFile);
    await expect.poll(async () => (await ask(url)).of, { timeout: 30_000 }).toBe('client');
    await expect(ask(url, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
    expect(lines.filter((line) => line.includes('those of before stay'))).toHaveLength(1);
  });

  it('says which file it cannot use', async () => {
    await using orchestrator = createOrchestrator();
    const start = (certFile: string, keyFile: string) =>
      createServer({
        orchestrator,
        units: [double],
        tls: { certFile: join(folder, certFile), keyFile: join(folder, keyFile) },
      });
    await expect(start('none.crt', 'server.key')).rejects.toThrow(
      `cannot read ${join(folder, 'none.crt')}: ENOENT`,
    );
    await expect(start('server.crt', 'client.key')).rejects.toMatchObject({
      code: 'AIWORK_INVALID_ARGUMENT',
      message: expect.stringContaining(`${join(folder, 'client.key')}: `),
    });
  });

  it('lets in only clients with a certificate of whom it is told', async () => {
    await using orchestrator = createOrchestrator();
    await using server = await createServer({ orchestrator, units: [double], tls: { ...tls, clientCa: ca } });
    const url = await server.listen();
    await expect(ask(url)).rejects.toThrow();
    expect(await ask(url, { cert: pem('client.crt'), key: pem('client.key') })).toMatchObject({
      status: 200,
    });
  });
});

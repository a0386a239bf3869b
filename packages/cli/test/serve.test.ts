import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { get as getPlain } from 'node:http';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { aiwork, flowFile, newFolder } from './aiwork.fixture.ts';
import { issuer } from './issuer.fixture.ts';
import { serving } from './serving.fixture.ts';

vi.setConfig({ testTimeout: 60_000 });

describe('aiwork serve', () => {
  it('serves what files export, and says what and to whom', async () => {
    const server = await serving([flowFile('greet.ts'), flowFile('approval.ts')]);
    expect(await server.execute('greet', { name: 'Ada' })).toMatchObject({
      status: 200,
      body: { status: 'succeeded', output: 'Hello, Ada!' },
    });
    expect((await server.get('/info')).body.units).toBe(3);
    await server.seen('works on');
    const printed = server.printed();
    expect(printed).toContain(`Serving 3 units at ${server.url}\n`);
    expect(printed).toMatch(/^serves +"greeting", "greet", "approval"$/m);
    expect(printed).toMatch(/^lets in +everybody on this machine$/m);
    expect(printed).toMatch(/^keeps runs +in memory: gone with this process/m);
    await server.seen('succeeded after');
  });

  it('is not for pages of the web whose names were made to point to this machine', async () => {
    const { url } = await serving([flowFile('greet.ts')]);
    const statusFor = async (host: string) => {
      const [response] = await once(getPlain(`${url}/tasks`, { headers: { host } }), 'response');
      response.resume();
      return response.statusCode;
    };
    expect(await statusFor('localhost')).toBe(200);
    expect(await statusFor('evil.example.org')).toBe(403);
  });

  it('serves only what --flow names', async () => {
    const server = await serving([flowFile('greet.ts'), '--flow', 'greet']);
    expect((await server.get('/info')).body.units).toBe(1);
    expect((await server.execute('greeting', {})).status).toBe(404);
    const { code, stderr } = await aiwork(['serve', flowFile('greet.ts'), '--flow', 'gret']);
    expect(stderr).toContain('has no "gret". Did you mean "greet"?');
    expect(code).toBe(2);
  });

  it('answers what came before it stops', async () => {
    const server = await serving([flowFile('nap.ts')]);
    const answer = server.execute('nap', { ms: 60_000 });
    await server.seen('asleep');
    server.child.kill('SIGTERM');
    await server.seen('Stopping: ');
    // It goes on by itself, and who waits is told where to look.
    expect((await answer).status).toBe(202);
    expect((await server.finished).code).toBe(0);
  });

  it('says where runs are kept, by a file or a plugin', async () => {
    const folder = await newFolder();
    const state = join(folder, 'runs.db');
    const file = await serving([flowFile('greet.ts'), '--state', state]);
    await file.seen(`keeps runs  ${state}`);
    const plugin = await serving([flowFile('own-store.ts')], { env: { OWN_STATE: join(folder, 'own.db') } });
    await plugin.seen(`keeps runs  where plugins of ${flowFile('own-store.ts')} keep them`);
  });

  it('quits at once when it is told a second time', async () => {
    const server = await serving([flowFile('slow.ts')]);
    const answer = server.execute('slow', { deaf: true }).catch(() => undefined);
    await server.seen('working');
    server.child.kill('SIGINT');
    await server.seen('Stopping: ');
    server.child.kill('SIGTERM');
    expect((await server.finished).code).toBe(143);
    await answer;
  });

  it('goes on with runs that were left, unless that is for workers', async () => {
    const folder = await newFolder();
    const [state, log] = [join(folder, 'runs.db'), join(folder, 'log')];
    const input = JSON.stringify({ log });
    await aiwork(['run', flowFile('crash.ts'), '--state', state, '--run-id', 'first', '-i', input]);
    const idle = await serving([flowFile('crash.ts'), '--state', state, '--no-worker']);
    await idle.seen('works on    what requests ask for');
    expect((await idle.get('/status/first')).body.status).toBe('running');
    idle.child.kill('SIGTERM');
    await idle.finished;
    const busy = await serving([flowFile('crash.ts')], { env: { AIWORK_STATE: state } });
    await busy.seen('first succeeded after');
    expect(await readFile(log, 'utf8')).toBe('first\nlast\n');
  });

  it('takes its place from the environment, as containers give it', async () => {
    const { code, stderr } = await aiwork(['serve', flowFile('greet.ts')], {
      env: { HOST: '0.0.0.0', PORT: 'eighty' },
    });
    expect(stderr).toContain("value 'eighty' from env 'PORT'");
    expect(code).toBe(2);
  });

  it('does not let everybody in from other machines unless that is said', async () => {
    const closed = await aiwork(['serve', flowFile('greet.ts')], { env: { HOST: '0.0.0.0' } });
    expect(closed.stderr).toContain('everybody who reaches 0.0.0.0 could run, read and stop everything');
    expect(closed.code).toBe(2);
    const open = await serving([flowFile('greet.ts'), '--host', '0.0.0.0', '--open']);
    await open.seen('EVERYBODY WHO REACHES 0.0.0.0 CAN RUN, READ AND STOP EVERYTHING');
    expect((await open.execute('greet', { name: 'Ada' })).status).toBe(200);
  });

  it('says why it cannot listen', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => {
      other.close();
    });
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { code, stderr } = await aiwork(['serve', flowFile('greet.ts'), '--port', String(port)]);
    expect(stderr).toContain(`cannot listen on port ${port} of 127.0.0.1: another process listens there`);
    expect(code).toBe(1);
  });

  it('writes lines of JSON without what runs are about', async () => {
    const server = await serving([flowFile('nap.ts'), '--log', 'json']);
    await server.execute('nap', { ms: 1 });
    await server.execute('fussy', 'broccoli');
    server.child.kill('SIGTERM');
    const { stdout, stderr } = await server.finished;
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const finished = lines.filter(({ msg }) => msg === 'run finished');
    expect(finished).toMatchObject([
      { level: 30, unit: 'nap', status: 'succeeded', durationMs: expect.any(Number) },
      { level: 50, unit: 'fussy', status: 'failed' },
    ]);
    expect(lines.map(({ msg }) => msg)).toEqual(
      expect.arrayContaining(['run started', 'asleep', 'request completed']),
    );
    expect(stdout).not.toMatch(/broccoli|rested/);
    expect(stderr).toBe('');
  });

  it('wants options that agree', async () => {
    const [tokens, open, queue, values] = await Promise.all([
      aiwork(['serve', flowFile('greet.ts'), '--jwks', 'https://id.example.org/jwks']),
      aiwork(['serve', flowFile('greet.ts'), '--open', '--api-keys', 'keys']),
      aiwork(['serve', flowFile('greet.ts'), '--no-worker', '--queue', 'q']),
      aiwork(['serve', flowFile('slow.ts'), flowFile('other-lease.js')]),
    ]);
    expect(tokens.stderr).toContain('tokens are checked by all of --jwks, --issuer and --audience');
    expect(open.stderr).toContain('--open lets everybody in, and --api-keys or --jwks only some');
    expect(queue.stderr).toContain('--queue is about the work that --no-worker leaves to others');
    expect(values.stderr).toContain('export different values of aiwork.leaseTtl');
    expect([tokens.code, open.code, queue.code, values.code]).toEqual([2, 2, 2, 2]);
  });
});

describe('those who ask', () => {
  it('are kept to a rate, and what they did is written down', async () => {
    const audit = join(await newFolder(), 'audit');
    const server = await serving([
      ...[
        flowFile('greet.ts'),
        '--rate-limit',
        '2/1h',
        '--audit',
        audit,
        '--cors',
        'https://app.example.org',
      ],
    ]);
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await server.execute('greet', { name: 'Ada' })).status);
    expect(statuses).toEqual([200, 200, 429]);
    expect((await readFile(audit, 'utf8')).split('\n')[0]).toContain('"action":"start"');
    const preflight = await fetch(`${server.url}/execute`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example.org', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.example.org');
  });

  it('see metrics where these are asked for', async () => {
    const server = await serving([flowFile('greet.ts'), '--telemetry', '--log', 'json']);
    await server.execute('greet', { name: 'Ada' });
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toContain('aiwork_runs_total{unit="greet",status="succeeded"} 1');
    expect(metrics).toMatch(/^aiwork_http_requests_total\{.*route="\/execute".*\} 1$/m);
    server.child.kill('SIGTERM');
    const { code, stdout } = await server.finished;
    expect(code).toBe(0);
    const traceOf = (said: string) =>
      /"trace_id":"([\da-f]{32})"/.exec(stdout.split('\n').find((line) => line.includes(said)) ?? '')?.[1];
    expect(traceOf('run finished')).toBeDefined();
    expect(traceOf('run finished')).toBe(traceOf('request completed'));
  });

  it('are not served when something about them cannot be used', async () => {
    const audit = join(await newFolder(), 'none', 'audit.jsonl');
    const serve = (...flags: string[]) => aiwork(['serve', flowFile('greet.ts'), '--port', '0', ...flags]);
    const [unaudited, origin, proxy] = await Promise.all([
      serve('--audit', audit),
      serve('--cors', 'app.example.org'),
      serve('--trust-proxy', 'proxy'),
    ]);
    expect(unaudited.stderr).toContain(`cannot write ${audit}: ENOENT`);
    expect(origin.stderr).toMatch(/corsOrigins holds "app\.example\.org": .*\(AIWORK_USAGE\)/);
    expect(proxy.stderr).toMatch(/trustProxy holds "proxy": .*\(AIWORK_USAGE\)/);
    expect([unaudited.code, origin.code, proxy.code]).toEqual([2, 2, 2]);
  });

  it('are spoken to over TLS', async () => {
    const folder = await newFolder();
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', '-x509', '-nodes', '-days', '1', ...made, ...subject], {
      stdio: 'ignore',
    });
    const server = await serving([flowFile('greet.ts'), '--tls-cert', cert, '--tls-key', key]);
    expect(server.url).toMatch(/^https:/);
    const status = await new Promise((resolve, reject) => {
      get(`${server.url}/health/ready`, { ca: readFileSync(cert) }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).on('error', reject);
    });
    expect(status).toBe(200);
    const [half, missing, rate] = await Promise.all([
      aiwork(['serve', flowFile('greet.ts'), '--tls-cert', cert]),
      aiwork(['serve', flowFile('greet.ts'), '--tls-cert', cert, '--tls-key', join(folder, 'none')]),
      aiwork(['serve', flowFile('greet.ts'), '--rate-limit', 'many']),
    ]);
    expect(half.stderr).toContain('TLS needs both --tls-cert and --tls-key');
    expect(missing.stderr).toContain(`cannot read ${join(folder, 'none')}: ENOENT`);
    expect(rate.stderr).toContain('Give a number and a time, as in 600/1m.');
    expect([half.code, missing.code, rate.code]).toEqual([2, 2, 2]);
  });
});

describe('who is let in', () => {
  it('are holders of keys, for as long as the file has them', async () => {
    const file = join(await newFolder(), 'keys');
    const made = await aiwork(['keys', 'new', file, 'ada', '--scope', 'greet:execute']);
    const other = await aiwork(['keys', 'new', file, 'ben', '--scope', '*:*', '--json']);
    expect(made.stderr).toContain('This key of ada is shown only now.');
    const [ada, ben] = [made.stdout.trim(), JSON.parse(other.stdout).key];
    const kept = await readFile(file, 'utf8');
    expect(kept.trim().split('\n')).toHaveLength(2);
    expect(kept).not.toContain(ada);

    const server = await serving([flowFile('greet.ts'), '--host', '0.0.0.0', '--api-keys', file]);
    await server.seen(`lets in     2 API keys of ${file}`);
    expect((await server.execute('greet', { name: 'Ada' })).status).toBe(401);
    expect((await server.execute('greet', { name: 'Ada' }, ada)).status).toBe(200);
    expect((await server.execute('greeting', {}, ada)).status).toBe(404);
    expect((await server.execute('greeting', {}, ben)).status).toBe(200);

    await writeFile(file, 'no key');
    await vi.waitFor(async () => {
      await server.execute('greet', { name: 'Ada' }, ada);
      expect(server.printed()).toContain(`${file}:1 is no key`);
    }, 20_000);
    expect((await server.execute('greet', { name: 'Ada' }, ada)).status).toBe(200);
    await writeFile(file, kept.split('\n')[1] ?? '');
    await vi.waitFor(async () => {
      expect((await server.execute('greet', { name: 'Ada' }, ada)).status).toBe(401);
    }, 20_000);
    expect((await server.execute('greet', { name: 'Ben' }, ben)).status).toBe(200);
  });

  it('are holders of tokens of an issuer', async () => {
    const { url, token } = await issuer();
    const server = await serving([
      ...[flowFile('greet.ts'), '--jwks', `${url}/jwks`, '--issuer', url, '--audience', 'desk'],
    ]);
    const claims = { iss: url, aud: 'desk', sub: 'ada', scope: 'greet:execute' };
    expect((await server.execute('greet', { name: 'Ada' }, token(claims))).status).toBe(200);
    expect((await server.execute('greet', { name: 'Ada' }, token({ ...claims, aud: 'till' }))).status).toBe(
      401,
    );
    expect((await server.execute('greet', { name: 'Ada' })).status).toBe(401);
  });

  it('are not told of a file that has no keys, or other things than keys', async () => {
    const folder = await newFolder();
    const [missing, empty, raw] = ['missing', 'empty', 'raw'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(empty, '# none yet\n');
    await writeFile(raw, 'aiwork_a-key-put-here-by-mistake\n');
    const [gone, none, wrong] = await Promise.all(
      [missing, empty, raw].map((file) => aiwork(['serve', flowFile('greet.ts'), '--api-keys', file])),
    );
    expect(gone?.stderr).toContain(`cannot read the keys in ${missing}: ENOENT`);
    expect(none?.stderr).toContain(`${empty} has no key: nobody would be let in`);
    expect(wrong?.stderr).toContain(`${raw}:1 is no key`);
    expect(wrong?.stderr).not.toContain('by-mistake');
    const scope = await aiwork(['keys', 'new', empty, 'ada', '--scope', 'greet']);
    expect(scope.stderr).toContain('write UNIT:ACTION');
    expect(scope.code).toBe(2);
    expect(await readFile(empty, 'utf8')).toBe('# none yet\n');
  });
});

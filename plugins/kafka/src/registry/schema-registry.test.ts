import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { errorOf } from '../kafka-server.fixture.ts';
import { freshSubject, registryServer } from './registry-server.fixture.ts';
import { type SchemaRegistry, schemaRegistry } from './schema-registry.ts';

vi.setConfig({ testTimeout: 240_000 });

const server = registryServer();
// A machine that is busy with other tests may keep it waiting.
const open = () => schemaRegistry({ url: server.url(), timeoutMs: 20_000 });

const mail = { type: 'record', name: 'Mail', fields: [{ name: 'to', type: 'string' }] };
const mailWithCopy = {
  ...mail,
  fields: [...mail.fields, { name: 'cc', type: ['null', 'string'], default: null }],
};

async function roundTrip(serializer: ReturnType<SchemaRegistry['avro']>, payload: unknown): Promise<unknown> {
  return serializer.decode(await serializer.encode(payload));
}

describe.concurrent('Avro', () => {
  it('is written with the id of the schema, and read by who knows only the registry', async () => {
    const subject = freshSubject();
    const bytes = await open().avro({ subject, schema: mail, register: true }).encode({ to: 'ada' });
    const { id, schema } = await server.latest(subject);
    expect(JSON.parse(schema)).toEqual(mail);
    const expected = Buffer.from([0, 0, 0, 0, 0, 6, ...Buffer.from('ada')]);
    expected.writeUInt32BE(id, 1);
    expect(Buffer.from(bytes)).toEqual(expected);
    expect(await open().avro({ subject }).decode(bytes)).toEqual({ to: 'ada' });
  });

  it('fits the schema of who reads it, older and newer', async () => {
    const subject = freshSubject();
    const before = open().avro({ subject, schema: mail, register: true });
    const after = open().avro({ subject, schema: JSON.stringify(mailWithCopy), register: true });
    expect(await after.decode(await before.encode({ to: 'ada' }))).toEqual({ to: 'ada', cc: null });
    expect(await before.decode(await after.encode({ to: 'ada', cc: 'bob' }))).toEqual({ to: 'ada' });
    expect(await roundTrip(open().avro({ subject }), { to: 'ada', cc: 'bob' })).toEqual({
      to: 'ada',
      cc: 'bob',
    });
  });

  it('may name types of other subjects', async () => {
    const [subject, addresses] = [freshSubject(), freshSubject()];
    const address = {
      type: 'record',
      name: 'Address',
      namespace: 'shop',
      fields: [{ name: 'city', type: 'string' }],
    };
    await open().avro({ subject: addresses, schema: address, register: true }).encode({ city: 'Rome' });
    const order = { type: 'record', name: 'Order', fields: [{ name: 'address', type: 'shop.Address' }] };
    const references = [{ name: 'shop.Address', subject: addresses, version: 1 }];
    const orders = open().avro({ subject, schema: order, references, register: true });
    const bytes = await orders.encode({ address: { city: 'Rome' } });
    expect(await orders.decode(bytes)).toEqual({ address: { city: 'Rome' } });
    expect(await open().avro({ subject }).decode(bytes)).toEqual({ address: { city: 'Rome' } });
  });

  it.each([
    [{ to: 7 }, 'to is number, and not string'],
    [{ to: 'ada', bcc: 'eve' }, 'it has a field that is not declared'],
    [{}, 'to is undefined, and not string'],
    ['ada', 'it is string, and not record'],
  ])('refuses %j, with the place', async (payload, why) => {
    const serializer = open().avro({ subject: freshSubject(), schema: mail, register: true });
    const error = await errorOf(Promise.resolve(serializer.encode(payload)));
    expect(error).toMatchObject({ code: 'AIWORK_INVALID_INPUT', message: expect.stringContaining(why) });
  });
});

const proto = `
  syntax = "proto3";
  package shop;
  import "google/protobuf/timestamp.proto";
  message Customer { string name = 1; }
  message Order {
    message Line { string sku = 1; int32 count = 2; }
    enum State { NEW = 0; SENT = 1; }
    string id = 1;
    repeated Line lines = 2;
    State state = 3;
    int64 total_cents = 4;
    bytes seal = 5;
    map<string, int32> stock = 6;
    google.protobuf.Timestamp sent_at = 7;
    oneof paid { string card = 8; bool cash = 9; }
    float weight = 10;
  }
`;
const order = {
  id: 'o1',
  lines: [{ sku: 'a', count: 2 }],
  state: 'SENT',
  totalCents: 12_345_678_901_234_567n,
  seal: Buffer.of(1, 2),
  stock: { a: 3 },
  sentAt: { seconds: 5n, nanos: 0 },
  cash: true,
  weight: 0.5,
};

describe.concurrent('Protobuf', () => {
  const orders = (registry: SchemaRegistry, subject: string) =>
    registry.protobuf({ subject, schema: proto, message: 'shop.Order', register: true });

  it('is written with the id of the schema and the place of the message', async () => {
    const subject = freshSubject();
    const bytes = await orders(open(), subject).encode({ id: 'o1' });
    const { id, schemaType } = await server.latest(subject);
    expect(schemaType).toBe('PROTOBUF');
    const expected = Buffer.from([0, 0, 0, 0, 0, 2, 2, 0x0a, 2, ...Buffer.from('o1')]);
    expected.writeUInt32BE(id, 1);
    expect(Buffer.from(bytes)).toEqual(expected);
  });

  it('comes back as it was given, to who knows only the registry, too', async () => {
    const subject = freshSubject();
    const bytes = await orders(open(), subject).encode(order);
    expect(await orders(open(), subject).decode(bytes)).toEqual(order);
    expect(await open().protobuf({ subject }).decode(bytes)).toEqual(order);
    expect(
      await roundTrip(orders(open(), subject), { ...order, totalCents: 5, cash: undefined }),
    ).toMatchObject({
      totalCents: 5n,
    });
  });

  it('gives what was left out its default', async () => {
    expect(await roundTrip(orders(open(), freshSubject()), {})).toEqual({
      id: '',
      lines: [],
      state: 'NEW',
      totalCents: 0n,
      seal: Buffer.of(),
      stock: {},
      sentAt: null,
      weight: 0,
    });
  });

  it('knows the first message of a file, one within another, and which is asked for', async () => {
    const subject = freshSubject();
    const registry = open();
    await orders(registry, subject).encode({});
    const first = registry.protobuf({ subject });
    expect(await roundTrip(first, { name: 'ada' })).toEqual({ name: 'ada' });
    const line = registry.protobuf({ subject, message: 'shop.Order.Line' });
    const bytes = await line.encode({ sku: 'a' });
    expect([...bytes.subarray(5)]).toEqual([4, 2, 0, 0x0a, 1, 0x61]);
    expect(await first.decode(bytes)).toEqual({ sku: 'a', count: 0 });
    const error = await errorOf(Promise.resolve(orders(registry, subject).decode(bytes)));
    expect(error).toMatchObject({
      code: 'AIWORK_CORRUPT_DATA',
      message: 'a payload holds the message shop.Order.Line, and not shop.Order',
    });
    const missing = registry.protobuf({ subject, message: 'shop.Basket' });
    expect(await errorOf(Promise.resolve(missing.encode({})))).toMatchObject({
      message: expect.stringContaining(
        'the schema has no message shop.Basket: it has shop.Customer, shop.Order',
      ),
    });
  });

  it('may import files of other subjects, which import what every compiler has', async () => {
    const [subject, money] = [freshSubject(), freshSubject()];
    const imports = 'import "google/protobuf/timestamp.proto"; import "google/protobuf/wrappers.proto";';
    const fields = 'google.protobuf.Timestamp at = 2; google.protobuf.StringValue note = 3;';
    const schema = `syntax = "proto3"; package shop; ${imports} message Money { int32 cents = 1; ${fields} }`;
    await open().protobuf({ subject: money, schema, register: true }).encode({ cents: 1 });
    const bill = open().protobuf({
      subject,
      schema: `syntax = "proto3"; package shop; import "money.proto"; ${imports} message Bill { Money total = 1; ${fields} }`,
      references: [{ name: 'money.proto', subject: money, version: 1 }],
      register: true,
    });
    const at = { seconds: 5n, nanos: 0 };
    const given = { total: { cents: 5, at, note: { value: 'a' } }, at, note: { value: 'b' } };
    const bytes = await bill.encode(given);
    // The first message of its own file, though a file of the same package came before it.
    expect(bytes[5]).toBe(0);
    expect(await open().protobuf({ subject }).decode(bytes)).toEqual(given);
  });

  it.each([
    [{ id: 7 }, 'id is a number, and would come back as a string'],
    [{ state: 'LOST' }, 'state is a string that it does not know'],
    [{ lines: [{ count: 2 ** 40 }] }, 'lines[0].count would come back as'],
    [{ ids: 'o1' }, 'ids is not in it'],
    ['o1', 'it is no object'],
  ])('refuses %j, with the place', async (payload, why) => {
    const serializer = orders(open(), freshSubject());
    const error = await errorOf(Promise.resolve(serializer.encode(payload)));
    expect(error).toMatchObject({ code: 'AIWORK_INVALID_INPUT', message: expect.stringContaining(why) });
  });
});

describe.concurrent('JSON', () => {
  it('is checked by its schema where it is written and where it is read', async () => {
    const subject = freshSubject();
    const strict = open().json({ subject, schema: z.object({ to: z.string() }), register: true });
    const loose = open().json({ subject: freshSubject(), schema: z.object({}), register: true });
    expect(await roundTrip(strict, { to: 'ada' })).toEqual({ to: 'ada' });
    const written = await errorOf(Promise.resolve(strict.encode({ to: 7 })));
    const bytes = await loose.encode({ to: 7 });
    const read = await errorOf(Promise.resolve().then(() => strict.decode(bytes)));
    for (const error of [written, read]) {
      expect(error).toMatchObject({
        code: 'AIWORK_INVALID_INPUT',
        message: expect.stringContaining(`the payload of subject "${subject}" is invalid: to:`),
      });
    }
  });

  it('registers what its schema says as JSON Schema', async () => {
    const subject = freshSubject();
    await open()
      .json({ subject, schema: z.object({ to: z.string() }), register: true })
      .encode({ to: '' });
    const found = await server.latest(subject);
    expect(found.schemaType).toBe('JSON');
    expect(JSON.parse(found.schema)).toMatchObject({ required: ['to'] });
  });

  it('needs a schema that has a JSON Schema', () => {
    expect(() => open().json({ subject: 's', schema: z.date() })).toThrow(
      expect.objectContaining({ code: 'AIWORK_NO_JSON_SCHEMA' }),
    );
  });
});

describe.concurrent('a registry', () => {
  const avro = (registry: SchemaRegistry, subject: string, register = true) =>
    registry.avro({ subject, schema: mail, register });

  it('is asked for nothing twice', async () => {
    const door = await server.door();
    const serializer = avro(schemaRegistry({ url: `${door.url}/` }), freshSubject());
    const all = Array.from({ length: 50 }, () => roundTrip(serializer, { to: 'ada' }));
    await Promise.all(all);
    // Whether it is there, its registration, and what its id names.
    expect(door.asked()).toBe(3);
  });

  it('gets no schema that it was not to be given', async () => {
    const subject = freshSubject();
    const error = await errorOf(Promise.resolve(avro(open(), subject, false).encode({ to: 'ada' })));
    expect(error).toMatchObject({ code: 'AIWORK_SCHEMA_UNKNOWN', retryable: false });
    expect((await fetch(`${server.url()}/subjects/${subject}/versions`)).status).toBe(404);
  });

  it('that refuses a schema which does not fit those before it is quoted', async () => {
    const subject = freshSubject();
    await avro(open(), subject).encode({ to: 'ada' });
    await server.setCompatibility(subject, 'BACKWARD');
    const other = { ...mail, fields: [{ name: 'from', type: 'int' }] };
    const refused = open().avro({ subject, schema: other, register: true });
    const error = await errorOf(Promise.resolve(refused.encode({ from: 1 })));
    expect(error).toMatchObject({
      code: 'AIWORK_SCHEMA_REFUSED',
      retryable: false,
      message: expect.stringMatching(/does not fit those before it.*from/),
    });
  });

  it('that does not know an id says so', async () => {
    const bytes = Buffer.of(0, 0x7f, 0xff, 0xff, 0xff, 6);
    const error = await errorOf(Promise.resolve(avro(open(), freshSubject()).decode(bytes)));
    expect(error).toMatchObject({ code: 'AIWORK_SCHEMA_UNKNOWN', retryable: false });
  });

  it.each([
    ['is away', 'shut', 'cannot be reached'],
    ['is silent', 'silent', 'did not answer within 2000 ms'],
    ['is broken', { status: 500 }, 'answered with status 500'],
    ['takes no more', { status: 429 }, 'answered with status 429'],
    ['refuses the user', { status: 401 }, 'refused the user with status 401'],
    ['is none', { status: 404 }, "has no registry's API at this address"],
    ['is a page of the web', { status: 200 }, 'answered with status 200 and nothing of use'],
  ] as const)('that %s fails soon, for now, and tells no secret', async (_, state, why) => {
    const door = await server.door();
    const password = 'sk-live-51a7c0ffee';
    const auth = { username: 'ada', password };
    const serializer = avro(schemaRegistry({ url: door.url, auth, timeoutMs: 2000 }), freshSubject());
    door.set(state);
    const begun = performance.now();
    const error = await errorOf(Promise.resolve(serializer.encode({ to: 'ada' })));
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(error).toMatchObject({ code: 'AIWORK_REGISTRY_FAILED', retryable: true });
    expect(error).toHaveProperty('message', expect.stringContaining(why));
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(password);
    door.set('open');
    expect(await roundTrip(serializer, { to: 'ada' })).toEqual({ to: 'ada' });
  });

  it.each([
    ['no url', 'localhost:8081/x y'],
    ['another protocol', 'ftp://localhost'],
    ['a password in it', 'http://ada:sk-live-51a7c0ffee@localhost'],
  ])('is not opened with %s as its url', (_, url) => {
    const open = () => schemaRegistry({ url });
    expect(open).toThrow(expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT' }));
    expect(open).not.toThrow('sk-live-51a7c0ffee');
  });

  it('sends who asks, with a password or a token', async () => {
    const asked: (string | undefined)[] = [];
    const { createServer } = await import('node:http');
    const listener = createServer(({ headers }, response) => {
      asked.push(headers.authorization);
      response.end('{"id":1,"schema":"\\"string\\""}');
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as { port: number };
    const url = `http://127.0.0.1:${port}`;
    await schemaRegistry({ url, auth: { username: 'ada', password: 'ä:b' } })
      .avro({ subject: 's' })
      .encode('x');
    await schemaRegistry({ url, auth: { token: 't' } })
      .avro({ subject: 's' })
      .encode('x');
    listener.close();
    expect(asked).toEqual([`Basic ${Buffer.from('ada:ä:b').toString('base64')}`, 'Bearer t']);
  });
});

describe('bytes that no client of a registry wrote', () => {
  it.each([
    ['JSON', Buffer.from('{"to":"ada"}')],
    ['nothing', Buffer.of()],
    ['less than an id', Buffer.of(0, 0, 0)],
  ])('are refused: %s', async (_, bytes) => {
    const serializer = open().avro({ subject: 's' });
    const error = await errorOf(Promise.resolve(serializer.decode(bytes)));
    expect(error).toMatchObject({ code: 'AIWORK_CORRUPT_DATA' });
  });
});

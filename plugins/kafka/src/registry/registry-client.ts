import { hasCode } from '@aiwork/core';
import { invalidArgument } from '@aiwork/core/adapter-kit';
import { documentIn, idIn, parsed, refused, silent } from './registry-answers.ts';
import type { IdentifiedSchema, NamedSchema, SchemaDocument } from './schema-document.ts';

/** How to reach a registry. @since 0.1.0 */
export interface SchemaRegistryOptions {
  /** Where its API begins, without a password in it. */
  readonly url: string;
  /** Who this is. Default: nobody. */
  readonly auth?: { readonly username: string; readonly password: string } | { readonly token: string };
  /** How long it may take to answer, in milliseconds. Default 5000. */
  readonly timeoutMs?: number;
}

/** What is asked of a registry. */
export interface RegistryClient {
  /** Names it in errors. */
  readonly where: string;
  /** The id that a schema has in a subject. */
  find(subject: string, schema: SchemaDocument): Promise<number>;
  /** As `find`, and adds the schema when the subject does not have it. */
  register(subject: string, schema: SchemaDocument): Promise<number>;
  latest(subject: string): Promise<IdentifiedSchema>;
  /** Asked for once each: what an id names never changes. */
  byId(id: number): Promise<SchemaDocument>;
  /** Those that a schema needs, each behind what it needs itself. */
  referenced(schema: SchemaDocument): Promise<readonly NamedSchema[]>;
}

export function createRegistryClient(options: SchemaRegistryOptions): RegistryClient {
  const { auth, timeoutMs = 5000 } = options;
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > 0x7fffffff)
    throw invalidArgument(`timeoutMs is ${timeoutMs}: give a whole number greater than 0`);
  const base = baseUrl(options.url);
  const where = `the schema registry at ${base}`;
  const known = new Map<number, Promise<SchemaDocument>>();
  const headers = {
    accept: 'application/vnd.schemaregistry.v1+json, application/json',
    'content-type': 'application/vnd.schemaregistry.v1+json',
    ...(auth && { authorization: authorization(auth) }),
  };

  async function ask(path: string, body?: unknown): Promise<Record<string, unknown>> {
    const request = {
      headers,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    };
    let response: { readonly status: number; readonly text: string };
    try {
      const answer = await fetch(`${base}${path}`, request);
      response = { status: answer.status, text: await answer.text() };
    } catch (error) {
      throw silent(where, error, timeoutMs);
    }
    const data = parsed(response.text);
    if (response.status >= 200 && response.status < 300 && data) return data;
    throw refused(where, response.status, data);
  }

  const pathOf = (subject: string) => `/subjects/${encodeURIComponent(subject)}`;
  const bodyOf = ({ type, text, references }: SchemaDocument) => ({
    schema: text,
    // A registry that knows Avro alone does not know the others either.
    ...(type !== 'AVRO' && { schemaType: type }),
    ...(references.length > 0 && { references }),
  });

  async function find(subject: string, schema: SchemaDocument): Promise<number> {
    return idIn(where, await ask(pathOf(subject), bodyOf(schema)));
  }

  async function referenced(
    schema: SchemaDocument,
    seen: Set<string> = new Set(),
  ): Promise<readonly NamedSchema[]> {
    const all: NamedSchema[] = [];
    for (const { name, subject, version } of schema.references) {
      if (seen.has(name)) continue;
      seen.add(name);
      const found = documentIn(where, await ask(`${pathOf(subject)}/versions/${version}`));
      all.push(...(await referenced(found, seen)), { ...found, name });
    }
    return all;
  }

  return {
    where,
    find,
    async register(subject, schema) {
      try {
        // Most users of a registry may only read from it, and most of the time that is enough.
        return await find(subject, schema);
      } catch (error) {
        if (!hasCode(error, 'AIWORK_SCHEMA_UNKNOWN')) throw error;
        return idIn(where, await ask(`${pathOf(subject)}/versions`, bodyOf(schema)));
      }
    },
    async latest(subject) {
      const found = await ask(`${pathOf(subject)}/versions/latest`);
      return { ...documentIn(where, found), id: idIn(where, found) };
    },
    byId(id) {
      const before = known.get(id);
      if (before !== undefined) return before;
      const asked = ask(`/schemas/ids/${id}`).then((found) => documentIn(where, found));
      known.set(id, asked);
      asked.catch(() => known.delete(id));
      return asked;
    },
    referenced: (schema) => referenced(schema),
  };
}

/** Without what may hold a secret, and without a slash at its end. */
function baseUrl(given: string): string {
  if (!URL.canParse(given))
    throw invalidArgument('url of the schema registry is none: give http://host:8081');
  const { protocol, username, password, host, pathname } = new URL(given);
  if (username !== '' || password !== '')
    throw invalidArgument('url of the schema registry holds a user name or password: give them as auth');
  if (protocol !== 'http:' && protocol !== 'https:')
    throw invalidArgument(`url of the schema registry begins with ${protocol}: give one of http or https`);
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
}

function authorization(auth: NonNullable<SchemaRegistryOptions['auth']>): string {
  if ('token' in auth) return `Bearer ${auth.token}`;
  return `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}`;
}

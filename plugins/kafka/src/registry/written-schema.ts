import type { RegistryClient } from './registry-client.ts';
import type { IdentifiedSchema, SchemaDocument, SchemaReference } from './schema-document.ts';

/** Which schema payloads are written with. @since 0.1.0 */
export interface SubjectFormat {
  /** What its versions are kept under; by the habit of Kafka's clients `TOPIC-value`, as in `aiwork.mail-value`. */
  readonly subject: string;
  /** Adds the schema to the subject when it is not there. Default `false`: it has to be. */
  readonly register?: boolean;
  /** Schemas that it imports or names. */
  readonly references?: readonly SchemaReference[];
}

/** The schema that payloads are written with: the one given, with its id, or the newest of the subject. Asked for once. */
export function writtenSchema(
  client: RegistryClient,
  { subject, register = false, references = [] }: SubjectFormat,
  given: Omit<SchemaDocument, 'references'> | undefined,
): () => Promise<IdentifiedSchema> {
  return once(async () => {
    if (!given) return client.latest(subject);
    const document = { ...given, references };
    const id = await (register ? client.register(subject, document) : client.find(subject, document));
    return { ...document, id };
  });
}

/** Does it once, unless it fails. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

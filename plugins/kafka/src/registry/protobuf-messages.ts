import { AiworkError } from '@aiwork/core';
import type { NamespaceBase, Type } from 'protobufjs';
import type { MessageIndex } from './message-index.ts';
import { optionalPackage } from './optional-package.ts';
import type { NamedSchema, SchemaDocument } from './schema-document.ts';

/** The messages of a `.proto` file. */
export interface ProtobufMessages {
  /** @throws `AIWORK_INVALID_ARGUMENT` when the file has no such message. */
  indexOf(fullName: string): MessageIndex;
  /** @throws `AIWORK_CORRUPT_DATA` when the file has no such message. */
  typeAt(index: MessageIndex): Type;
}

export async function parseProtobuf(
  { text }: SchemaDocument,
  referenced: readonly NamedSchema[],
): Promise<ProtobufMessages> {
  const { default: protobuf } = await optionalPackage('protobufjs', () => import('protobufjs'));
  // By itself first: the index counts the messages of this file, and a root of all mixes those of one package.
  const alone = protobuf.parse(text);
  const root = new protobuf.Root();
  const imported = new Set<string>();
  for (const each of [...referenced.map((other) => other.text), text]) {
    const { imports, weakImports } = protobuf.parse(each, root);
    for (const path of [...(imports ?? []), ...(weakImports ?? [])]) imported.add(path);
  }
  // What comes with every compiler is in no registry.
  for (const path of imported) {
    const common = protobuf.common.get(path);
    if (common?.nested) root.addJSON(common.nested);
  }
  root.resolveAll();

  const messagesIn = (space: NamespaceBase) =>
    space.nestedArray.filter((each) => each instanceof protobuf.Type);
  /** Those of the file itself: its package is a chain of namespaces that are no messages. */
  function topMessages(space: NamespaceBase): readonly Type[] {
    const [inner] = space.nestedArray.filter(
      (each) =>
        each instanceof protobuf.Namespace &&
        !(each instanceof protobuf.Type) &&
        !(each instanceof protobuf.Service),
    );
    const here = messagesIn(space);
    return here.length === 0 && inner instanceof protobuf.Namespace ? topMessages(inner) : here;
  }
  const top = topMessages(alone.root);

  function indexIn(messages: readonly Type[], fullName: string): MessageIndex | undefined {
    for (const [place, type] of messages.entries()) {
      const name = type.fullName.slice(1);
      if (name === fullName) return [place];
      if (!fullName.startsWith(`${name}.`)) continue;
      const within = indexIn(messagesIn(type), fullName);
      return within && [place, ...within];
    }
    return undefined;
  }

  return {
    indexOf(fullName) {
      const index = indexIn(top, fullName);
      if (index) return index;
      const there = top.map((type) => type.fullName.slice(1)).join(', ');
      throw new AiworkError(
        'AIWORK_INVALID_ARGUMENT',
        `the schema has no message ${fullName}: it has ${there}`,
      );
    },
    typeAt(index) {
      let [messages, found]: [readonly Type[], Type | undefined] = [top, undefined];
      for (const place of index) {
        found = messages[place];
        messages = found ? messagesIn(found) : [];
      }
      if (!found)
        throw new AiworkError('AIWORK_CORRUPT_DATA', `a schema has no message number ${index.join('.')}`);
      return root.lookupType(found.fullName);
    },
  };
}

import { glob, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { preProcessFile } from 'typescript';
import { root } from './command.ts';
import type { Gate } from './gate.ts';

/** What a package offers for import, and the file that declares it. */
interface Entry {
  readonly name: string;
  readonly file: string;
}

/** Entries whose users have the types of Node by nature, and what of Node they take or give. */
const ofNode: Readonly<Record<string, string>> = {
  '@aiwork/contract-tests': 'a request of an HTTP server',
  '@aiwork/core/adapter-kit': 'a database of node:sqlite',
  '@aiwork/kafka': 'options of node:tls, and bytes as the client gives them',
  '@aiwork/mcp': 'an HTTP request and streams; its SDK declares Buffer, too',
  '@aiwork/postgres': 'options of node:tls',
  '@aiwork/redis/adapter-kit': 'bytes as the client gives them',
  '@aiwork/server': 'options of node:tls, and a body as its bytes',
};

/**
 * Looks in what packages declare for what only `@types/node` knows: a project without it could not be type-checked. What
 * their dependencies declare is not looked at.
 */
export const declaredTypesGate: Gate = {
  name: 'declared types: none of Node where a project may be without them',
  async run() {
    const problems: string[] = [];
    for (const { name, file } of await entriesOfPackages()) {
      const mentions = await mentionsOfNode(file);
      if (ofNode[name] === undefined) problems.push(...mentions.map((mention) => `${name}: ${mention}`));
      else if (mentions.length === 0) problems.push(`${name}: is of Node in ${import.meta.filename} only`);
    }
    return { status: problems.length > 0 ? 'failed' : 'passed', output: problems.join('\n') };
  },
};

async function entriesOfPackages(): Promise<readonly Entry[]> {
  const manifests = ['packages/*/package.json', 'plugins/*/package.json', 'contract-tests/package.json'];
  const entries: Entry[] = [];
  for await (const manifest of glob(manifests, { cwd: root })) {
    const text = await readFile(join(root, manifest), 'utf8');
    const { name, private: isPrivate, exports = {} } = JSON.parse(text);
    if (isPrivate) continue;
    for (const [path, { types }] of Object.entries<{ readonly types?: string }>(exports)) {
      if (types === undefined) continue;
      entries.push({ name: join(name, path), file: join(root, dirname(manifest), types) });
    }
  }
  return entries;
}

/** Where Node's types are mentioned in a file of declarations, and in those beside it that it comes to import. */
export async function mentionsOfNode(entry: string): Promise<readonly string[]> {
  const mentions: string[] = [];
  const files = new Set([entry]);
  for (const file of files) {
    const text = await readFile(file, 'utf8');
    const { importedFiles, typeReferenceDirectives } = preProcessFile(text);
    const imported = importedFiles.map(({ fileName }) => fileName);
    for (const name of imported.filter((each) => each.startsWith('.')))
      files.add(resolve(dirname(file), name.replace(/\.[jt]s$/, '.d.ts')));
    const ofNode = [
      ...imported.filter((each) => each.startsWith('node:')),
      ...typeReferenceDirectives.map(({ fileName }) => fileName).filter((each) => each === 'node'),
      ...(withoutComments(text).match(/\b(?:Buffer|NodeJS)\b/g) ?? []),
    ];
    mentions.push(...new Set(ofNode.map((each) => `${relative(root, file)} needs ${each}`)));
  }
  return mentions;
}

const withoutComments = (text: string) => text.replaceAll(/\/\*.*?\*\/|\/\/[^\n]*/gs, '');

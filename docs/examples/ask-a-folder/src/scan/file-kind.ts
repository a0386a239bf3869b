import { posix } from 'node:path';

export type FileKind = 'markdown' | 'html' | 'pdf' | 'code' | 'data' | 'text';

const extensions: Readonly<Record<FileKind, string>> = {
  markdown: 'md markdown mdx mkd',
  html: 'html htm xhtml',
  pdf: 'pdf',
  code: 'ts tsx mts cts js jsx mjs cjs py rb go rs java kt kts scala swift c h cc cpp cxx hpp cs php sh bash zsh fish ps1 pl r lua sql hs ex exs erl clj dart vue svelte css scss less proto graphql tf',
  data: 'json jsonc json5 jsonl ndjson yaml yml toml xml ini cfg conf properties csv tsv env',
  text: 'txt text rst adoc asciidoc org tex log',
};

const kinds = new Map<string, FileKind>(
  Object.entries(extensions).flatMap(([kind, list]) =>
    list.split(' ').map((extension) => [extension, kind as FileKind] as const),
  ),
);

/** The part of a file's name after its last dot, in lower case. */
export function extensionOf(path: string): string {
  return posix.extname(path).slice(1).toLowerCase();
}

/** How a file is read, going by its name. Those with unknown names are tried as text. */
export function kindOf(path: string): FileKind {
  const name = posix.basename(path);
  if (/^(Makefile|Dockerfile|Containerfile|Rakefile|Gemfile|Justfile)$/i.test(name)) return 'code';
  return kinds.get(extensionOf(path)) ?? 'text';
}

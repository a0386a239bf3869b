import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../command.ts';

/** Code that is looked at as if it lay in the root under this name. */
export interface VirtualFile {
  readonly name: string;
  readonly code: string;
}

/** What the compiler has against each of the files, under the options every package is compiled with. */
export function checkTypes(files: readonly VirtualFile[]): ReadonlyMap<string, readonly string[]> {
  const codeOf = new Map(files.map(({ name, code }) => [join(root, name), code]));
  const { options } = ts.parseJsonConfigFileContent(
    { extends: './tsconfig.base.json', compilerOptions: { noEmit: true }, files: [] },
    ts.sys,
    root,
  );
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (path) => codeOf.get(path) ?? readFile.call(host, path);
  host.fileExists = (path) => codeOf.has(path) || fileExists.call(host, path);
  const program = ts.createProgram([...codeOf.keys()], options, host);
  return new Map(
    files.map(({ name }) => {
      const source = program.getSourceFile(join(root, name));
      const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return [name, found.map(describe)];
    }),
  );
}

function describe({ file, start, messageText }: ts.Diagnostic): string {
  const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : '?';
  return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
}

/** The code without its types. */
export function withoutTypes(code: string): string {
  return ts.transpile(code, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    verbatimModuleSyntax: true,
  });
}

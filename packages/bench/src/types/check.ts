// Runs in a process of its own.
import { join } from 'node:path';
import ts from 'typescript';

export interface Checked {
  readonly instantiations: number;
  readonly checkMs: number;
  /** What the compiler refuses, first line of each. */
  readonly errors: readonly string[];
}

const folder = import.meta.dirname;
const strict: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2024,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  allowImportingTsExtensions: true,
  noEmit: true,
  skipLibCheck: true,
  types: ['node'],
  typeRoots: [join(folder, '../../../../node_modules/@types')],
  customConditions: ['@aiwork/source'],
};

/** Parsed once, as an editor does. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** Type-checks a module that stands, as it were, beside this file. Only its own errors count. */
export function check(source: string): Checked {
  const file = join(folder, 'generated.ts');
  const host = ts.createCompilerHost(strict);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, languageVersion, ...rest) => {
    if (name === file) return ts.createSourceFile(name, source, languageVersion);
    if (!parsed.has(name)) parsed.set(name, getSourceFile(name, languageVersion, ...rest));
    return parsed.get(name);
  };
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? source : readFile(name));
  const program = ts.createProgram([file], strict, host);
  const module = program.getSourceFile(file);
  program.getGlobalDiagnostics();
  const start = performance.now();
  const diagnostics = diagnosticsOf(program, module);
  return {
    instantiations: program.getInstantiationCount(),
    checkMs: performance.now() - start,
    errors: diagnostics.map(
      ({ code, messageText }) =>
        `${code > 0 ? `TS${code} ` : ''}${ts.flattenDiagnosticMessageText(messageText, '\n').split('\n')[0]}`,
    ),
  };
}

function diagnosticsOf(program: ts.Program, module: ts.SourceFile | undefined) {
  try {
    return [...program.getSyntacticDiagnostics(module), ...program.getSemanticDiagnostics(module)];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ code: 0, messageText: `the compiler's stack overflows: ${error.message}` }];
  }
}

import type { Dirent } from 'node:fs';
import { lstat, readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Skipped } from '../document.ts';
import { describeFileError } from '../read/describe-file-error.ts';
import { extensionOf, type FileKind, kindOf } from './file-kind.ts';
import { type IgnoreRules, ignoreRulesFor } from './ignore-rules.ts';
import { formatBytes, type Limits, limits as usualLimits } from './limits.ts';

/** A file that is worth reading. */
export interface FoundFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly kind: FileKind;
}

export interface ScanOptions {
  /** An absolute path, links resolved. */
  readonly folder: string;
  /** Extensions to look at, without dots; all when it is not given. */
  readonly only?: readonly string[] | undefined;
  /** Absolute paths that are left out: what the demo itself writes. */
  readonly exclude?: readonly string[];
  /** Instead of the usual ones. */
  readonly limits?: Partial<Limits>;
  readonly signal: AbortSignal;
}

export interface Scan {
  readonly files: readonly FoundFile[];
  readonly skipped: readonly Skipped[];
}

const neverEntered = new Map([
  ['node_modules', 'installed dependencies'],
  ['bower_components', 'installed dependencies'],
  ['__pycache__', 'made by a tool'],
]);
const lockFile = /^(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|.+\.lock|go\.sum|bun\.lockb)$/;

/** Finds the files of a folder, those nearest to its top first. What is left out is listed with the reason. */
export async function scanFolder(options: ScanOptions): Promise<Scan> {
  const { folder, only, signal } = options;
  const limits = { ...usualLimits, ...options.limits };
  const files: FoundFile[] = [];
  const skipped: Skipped[] = [];
  const queue: { path: string; rules: IgnoreRules }[] = [
    { path: folder, rules: await ignoreRulesFor(folder) },
  ];
  let entries = 0;
  let textBytes = 0;

  const nameOf = (path: string) => relative(folder, path).split(sep).join('/');
  const skip = (path: string, reason: string, detail?: string) =>
    void skipped.push({ path: nameOf(path) || '.', reason, ...(detail !== undefined && { detail }) });

  async function take(path: string): Promise<void> {
    const { size } = await lstat(path);
    const kind = kindOf(path);
    const limit = kind === 'pdf' ? limits.pdfBytes : limits.textBytes;
    if (size > limit) return skip(path, `larger than ${formatBytes(limit)}`, formatBytes(size));
    if (files.length >= limits.files) return skip(path, `more than ${limits.files} files`);
    if (kind !== 'pdf' && textBytes + size > limits.totalTextBytes) {
      return skip(path, `more than ${formatBytes(limits.totalTextBytes)} of text in all`);
    }
    if (kind !== 'pdf') textBytes += size;
    files.push({ path: nameOf(path), kind });
  }

  async function look(entry: Dirent, path: string, rules: IgnoreRules): Promise<void> {
    // What was not asked for is not missing.
    if (only !== undefined && entry.isFile() && !only.includes(extensionOf(entry.name))) return;
    const reason = await reasonToSkip(entry, path, rules, options);
    if (reason !== undefined) return skip(path, reason);
    if (entry.isDirectory()) queue.push({ path, rules: await rules.within(path) });
    else await take(path);
  }

  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { path, rules } = next;
    try {
      const found = await readdir(path, { withFileTypes: true });
      found.sort((a, b) => (a.name < b.name ? -1 : 1));
      for (const entry of found) {
        signal.throwIfAborted();
        entries += 1;
        if (entries > limits.entries) {
          skip(path, `after ${limits.entries} names the search was ended`);
          return { files, skipped };
        }
        await look(entry, join(path, entry.name), rules).catch((error: unknown) => {
          signal.throwIfAborted();
          skip(join(path, entry.name), describeFileError(error));
        });
      }
    } catch (error) {
      signal.throwIfAborted();
      skip(path, describeFileError(error));
    }
  }
  return { files, skipped };
}

async function reasonToSkip(
  entry: Dirent,
  path: string,
  rules: IgnoreRules,
  { exclude = [] }: ScanOptions,
): Promise<string | undefined> {
  const { name } = entry;
  if (entry.isSymbolicLink()) return describeLink(path);
  if (entry.isDirectory()) {
    const never = neverEntered.get(name);
    if (never !== undefined) return never;
  } else if (!entry.isFile()) return 'neither a file nor a folder';
  if (exclude.includes(path)) return 'written by this demo';
  if (name.startsWith('.')) return 'hidden';
  if (rules.ignores(path, entry.isDirectory())) return 'left out by .gitignore';
  return entry.isFile() && lockFile.test(name) ? 'lock file' : undefined;
}

async function describeLink(path: string): Promise<string> {
  try {
    const target = await stat(path);
    return `symbolic link to a ${target.isDirectory() ? 'folder' : 'file'}, not followed`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP') return 'symbolic link that leads back to itself';
    if (code === 'ENOENT') return 'symbolic link to nothing';
    throw error;
  }
}

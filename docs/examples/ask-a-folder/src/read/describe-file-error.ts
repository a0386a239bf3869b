const descriptions: Readonly<Record<string, string>> = {
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  ENOENT: 'gone before it was read',
  ENOTDIR: 'gone before it was read',
  ELOOP: 'symbolic link, not followed',
  EISDIR: 'a folder where a file was',
  EMFILE: 'too many open files on this machine',
  ENFILE: 'too many open files on this machine',
  EIO: 'the disk failed to read it',
  ENAMETOOLONG: 'its path is too long',
};

/** Why a file could not be read, in words for the list of skipped files. */
export function describeFileError(error: unknown): string {
  const { code, message } = error as Partial<NodeJS.ErrnoException>;
  return (
    (code !== undefined ? descriptions[code] : undefined) ??
    `could not be read (${code ?? message ?? String(error)})`
  );
}

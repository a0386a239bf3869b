import { downloadFailed } from './download-failed.ts';
import type { PackageIndex } from './pip-settings.ts';
import { type Answer, request } from './request.ts';

/** A file of a package, as the index lists it. */
export interface PackageFile {
  readonly name: string;
  readonly url: string;
  /** In hexadecimal digits; left out where the index does not tell. */
  readonly sha256?: string;
  readonly sizeBytes?: number;
  readonly yanked: boolean;
}

const maxListingBytes = 64 * 2 ** 20;

async function textOf(answer: Answer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.chunks()) {
    bytes += chunk.byteLength;
    if (bytes > maxListingBytes)
      throw downloadFailed(`the list at ${answer.url} has more than ${maxListingBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isSha256 = (text: unknown): text is string => typeof text === 'string' && /^[\da-f]{64}$/.test(text);

function ofJson(text: string, base: string): readonly PackageFile[] {
  const listing: unknown = JSON.parse(text);
  const files = isRecord(listing) && Array.isArray(listing['files']) ? listing['files'] : [];
  return files.flatMap((file: unknown): readonly PackageFile[] => {
    if (!isRecord(file)) return [];
    const { filename, url, hashes, size, yanked } = file;
    if (typeof filename !== 'string' || typeof url !== 'string') return [];
    const sha256 = isRecord(hashes) ? hashes['sha256'] : undefined;
    return [
      {
        name: filename,
        url: new URL(url, base).href,
        ...(isSha256(sha256) && { sha256 }),
        ...(typeof size === 'number' && { sizeBytes: size }),
        yanked: yanked !== undefined && yanked !== false,
      },
    ];
  });
}

/** The one form of page that indexes give: a link for each file, its checksum behind `#`. */
function ofHtml(text: string, base: string): readonly PackageFile[] {
  return [...text.matchAll(/<a\b([^>]*)>([^<]*)<\/a>/gi)].flatMap(([, attributes = '', name = '']) => {
    const [, double, single] = /\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/i.exec(attributes) ?? [];
    const href = (double ?? single)?.replaceAll('&amp;', '&');
    if (href === undefined) return [];
    const url = new URL(href, base);
    const sha256 = /^#sha256=([\da-f]{64})$/.exec(url.hash)?.[1];
    url.hash = '';
    const yanked = /\bdata-yanked\b/i.test(attributes);
    return [{ name: name.trim(), url: url.href, ...(sha256 !== undefined && { sha256 }), yanked }];
  });
}

const accepted =
  'application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1';

/**
 * The files of a package, in JSON or HTML as the index has them.
 *
 * @throws `AIWORK_DOWNLOAD_FAILED`.
 */
export async function packageFiles(
  index: PackageIndex,
  name: string,
  signal?: AbortSignal,
): Promise<readonly PackageFile[]> {
  await using answer = await request(`${index.url}/${name}/`, {
    index,
    signal,
    headers: { accept: accepted },
  });
  if (answer.status === 401 || answer.status === 403) {
    throw downloadFailed(
      `the package index ${index.url} wants another user name or password (${answer.status}): they are part of PIP_INDEX_URL, or of index-url in pip's settings`,
    );
  }
  if (answer.status !== 200) {
    throw downloadFailed(
      `the package index ${index.url} has no package ${name} (it answers ${answer.status})`,
      {
        retryable: answer.status >= 500,
      },
    );
  }
  const text = await textOf(answer);
  const isJson = answer.headers.get('content-type')?.includes('json');
  try {
    return isJson ? ofJson(text, answer.url) : ofHtml(text, answer.url);
  } catch (error) {
    throw downloadFailed(`the package index ${index.url} gives a list that cannot be read`, { cause: error });
  }
}

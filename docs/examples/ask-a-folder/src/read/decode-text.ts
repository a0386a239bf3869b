/** Bytes as text, with line breaks made `\n`; the note says when they were not UTF-8. */
export interface DecodedText {
  readonly text: string;
  readonly note?: string;
}

const sampleBytes = 8192;

/** Reads bytes as text, or gives `undefined` when they are none: a picture, a program, an archive. */
export function decodeText(bytes: Uint8Array): DecodedText | undefined {
  const utf16 = utf16Of(bytes);
  if (utf16) return { text: plain(new TextDecoder(utf16).decode(bytes)) };
  if (bytes.subarray(0, sampleBytes).includes(0)) return undefined;
  try {
    return { text: plain(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    return decodeLegacy(bytes);
  }
}

function utf16Of([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}

function decodeLegacy(bytes: Uint8Array): DecodedText | undefined {
  const sample = bytes.subarray(0, sampleBytes);
  // Text of the time before Unicode has no control characters but those that part lines and columns.
  const controls = sample.filter((byte) => byte < 32 && ![8, 9, 10, 12, 13, 27].includes(byte)).length;
  if (controls > 0) return undefined;
  const text = plain(new TextDecoder('windows-1252').decode(bytes));
  return { text, note: 'not valid UTF-8: read as Windows-1252, so some characters may be wrong' };
}

const plain = (text: string) => text.replace(/\r\n?/g, '\n');

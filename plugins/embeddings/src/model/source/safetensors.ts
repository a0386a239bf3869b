import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';
import { fromFloat16 } from '../float16.ts';
import { unreadable, unsupported } from '../model-error.ts';

/** Bytes of an element, by the format's names of types. */
const elementBytes: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
};

/** What the format itself allows. */
const maxHeaderBytes = 100_000_000;

const count = z.int().nonnegative();
const headerShape = z.record(
  z.string(),
  z.strictObject({ dtype: z.string(), shape: z.array(count), data_offsets: z.tuple([count, count]) }),
);

/** A tensor of a file, which is read when it is asked for. */
export interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its elements; refused if they are no floats. */
  floats(): Promise<Float32Array>;
}

/**
 * The tensors of a SafeTensors file, by name. Its header is checked against the file: every tensor is as long as its
 * shape and type say, and together they cover the data without gap or overlap.
 *
 * @throws `AIWORK_MODEL_UNREADABLE` saying what is wrong with which tensor.
 */
export async function readSafetensors(
  file: FileHandle,
  name: string,
): Promise<ReadonlyMap<string, StoredTensor>> {
  const { size } = await file.stat();
  if (size < 8) throw unreadable(`${name} has ${size} bytes: no SafeTensors file is that short`);
  const headerBytes = (await readAt(file, 0, 8, name)).readBigUInt64LE();
  if (headerBytes > BigInt(Math.min(maxHeaderBytes, size - 8))) {
    throw unreadable(
      `${name} says that its header has ${headerBytes} bytes, and has ${size} itself: it is cut off, or no SafeTensors file`,
    );
  }
  const start = 8 + Number(headerBytes);
  const header = readHeader(await readAt(file, 8, Number(headerBytes), name), name);
  checkCover(header, size - start, name);
  return new Map(
    header.map(({ tensor, dtype, shape, begin, end }) => [
      tensor,
      {
        name: tensor,
        shape,
        floats: async () => {
          const decode = floatsOf[dtype];
          if (!decode) {
            throw unsupported(
              `${name}: ${tensor} is of type ${dtype}; weights are to be one of ${Object.keys(floatsOf).join(', ')}`,
            );
          }
          return decode(await readAt(file, start + begin, end - begin, name));
        },
      },
    ]),
  );
}

interface Entry {
  readonly tensor: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readHeader(bytes: Buffer, name: string): readonly Entry[] {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw unreadable(`the header of ${name} is no JSON: it is damaged, or no SafeTensors file`, error);
  }
  const { __metadata__, ...tensors } = z.record(z.string(), z.unknown()).catch({}).parse(json);
  const parsed = headerShape.safeParse(tensors);
  if (!parsed.success) {
    throw unreadable(`the header of ${name} is not as it should be: ${z.prettifyError(parsed.error)}`);
  }
  return Object.entries(parsed.data)
    .map(
      ([
        tensor,
        {
          dtype,
          shape,
          data_offsets: [begin, end],
        },
      ]) => ({ tensor, dtype, shape, begin, end }),
    )
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
}

function checkCover(entries: readonly Entry[], dataBytes: number, name: string): void {
  let covered = 0;
  for (const { tensor, dtype, shape, begin, end } of entries) {
    const each = elementBytes[dtype];
    if (each === undefined) throw unsupported(`${name}: ${tensor} is of type ${dtype}, which is not known`);
    const bytes = shape.reduce((product, size) => product * size, each);
    if (end - begin !== bytes) {
      throw unreadable(
        `${name}: ${tensor} has ${end - begin} bytes, and ${bytes} by its type ${dtype} and shape [${shape}]`,
      );
    }
    if (begin < covered) throw unreadable(`${name}: ${tensor} begins at ${begin}, within another tensor`);
    if (begin > covered) throw unreadable(`${name}: no tensor has the bytes ${covered} to ${begin}`);
    covered = end;
  }
  if (covered > dataBytes) {
    throw unreadable(
      `${name} is cut off: its tensors have ${covered} bytes, and it has ${dataBytes} of them`,
    );
  }
  if (covered < dataBytes) throw unreadable(`${name} has ${dataBytes - covered} bytes that no tensor has`);
}

const floatsOf: Readonly<Record<string, (bytes: Buffer) => Float32Array>> = {
  F32: (bytes) => new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4),
  F16: (bytes) => fromFloat16(new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2)),
  BF16: (bytes) => {
    const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
  },
};

/** Most that one call to the system reads. */
const chunkBytes = 2 ** 30;

async function readAt(file: FileHandle, position: number, length: number, name: string): Promise<Buffer> {
  // Not from the pool: its pieces begin where no float may.
  const bytes = Buffer.from(new ArrayBuffer(length));
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, Math.min(chunkBytes, length - done), position + done);
    if (bytesRead === 0) throw unreadable(`${name} ended while it was read`);
    done += bytesRead;
  }
  return bytes;
}

import { AiworkError } from '@aiwork/core';
import { libraryIn } from './library-in.ts';
import { type Place, places } from './places.ts';
import { isSupported, supportedRange } from './supported-version.ts';

/** A library that is there, whether or not it can be used. @since 0.1.0 */
export interface FoundLibrary extends Place {
  /** Absolute path of OpenVINO's C library. */
  readonly file: string;
  /** `undefined` where it cannot be loaded. */
  readonly version?: string;
  /** Why it cannot be used; left out where it can. */
  readonly problem?: string;
}

const unavailable = (message: string, cause?: unknown): AiworkError =>
  new AiworkError('AIWORK_OPENVINO_UNAVAILABLE', message, { outcome: 'not-applied', cause });

async function look(place: Place): Promise<FoundLibrary | undefined> {
  const file = await libraryIn(place.path);
  if (file === undefined) return undefined;
  try {
    const { libraryVersion } = await import('../engine/native.ts');
    const version = libraryVersion(file);
    if (isSupported(version)) return { ...place, file, version };
    return { ...place, file, version, problem: `it is OpenVINO ${version}: ${supportedRange} is needed` };
  } catch (error) {
    return { ...place, file, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** Every library that is there, in the order in which they are taken. */
export async function* foundLibraries(given?: string): AsyncGenerator<FoundLibrary> {
  for await (const place of places(given)) {
    const found = await look(place);
    if (found !== undefined) yield found;
    else if (place.origin === 'option' || place.by === 'AIWORK_OPENVINO') {
      throw unavailable(
        `there is no OpenVINO at ${place.path}, which ${place.by} names: name libopenvino_c or the folder it lies in`,
      );
    }
  }
}

/**
 * The library that is used: the first that can be.
 *
 * @throws `AIWORK_OPENVINO_UNAVAILABLE`, saying what was found and what to do.
 */
export async function findLibrary(given?: string): Promise<FoundLibrary> {
  const passedOver: string[] = [];
  for await (const found of foundLibraries(given)) {
    if (found.problem === undefined) return found;
    passedOver.push(`${found.file} (${found.problem})`);
  }
  const seen = passedOver.length === 0 ? '' : ` that can be used; passed over: ${passedOver.join('; ')}`;
  throw unavailable(
    `there is no OpenVINO on this machine${seen}: run \`npx aiwork openvino install\`, or name the one you have in AIWORK_OPENVINO`,
  );
}

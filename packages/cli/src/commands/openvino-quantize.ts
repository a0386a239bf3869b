import { basename, dirname, extname, join } from 'node:path';
import process from 'node:process';
import type { QuantizedModel, QuantizeOptions } from '@aiwork/openvino';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { conversionProgress } from '../model/conversion-progress.ts';
import { openvinoPackage } from '../openvino/openvino-package.ts';
import { factLines } from '../terminal/fact-lines.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { paintFor } from '../terminal/style.ts';
import { toJson } from '../to-json.ts';
import { untilInterrupted } from '../until-interrupted.ts';

export interface OpenvinoQuantizeOptions {
  readonly calibration: string;
  readonly maxDrop: number;
  readonly mode: NonNullable<QuantizeOptions['mode']>;
  readonly transformer?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** `aiwork openvino quantize`: makes a model of 8-bit integers, and refuses one that loses too much. */
export async function openvinoQuantize(model: string, options: OpenvinoQuantizeOptions): Promise<ExitCode> {
  const { calibration, maxDrop, mode, transformer, json } = options;
  const { quantizeModel } = await openvinoPackage();
  return untilInterrupted('nothing was written', async (signal) => {
    using progress = conversionProgress();
    const made = await quantizeModel({
      model,
      calibration,
      maxDrop,
      mode,
      ...(transformer && { architecture: 'transformer' }),
      out: options.out ?? defaultPath(model),
      onProgress: progress.tell,
      signal,
    });
    writeOut(json ? `${toJson(made)}\n` : summary(made));
    return exitCode.ok;
  });
}

/** Beside the model, called after it. */
const defaultPath = (model: string): string =>
  join(dirname(model), `${basename(model, extname(model))}.int8.xml`);

function summary({ path, sizeBytes, drop, worstDrop, calibrated, checked }: QuantizedModel): string {
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  const facts = [
    ['wrote', `${path} (${(sizeBytes / 1e6).toFixed(1)} MB with its weights)`],
    ['drop', `${percent(drop)} over ${checked} samples, ${percent(worstDrop)} at worst`],
    ['calibrated', `with ${calibrated} other samples`],
  ] as const;
  return `${factLines(facts, paintFor(process.stdout)).join('\n')}\n`;
}

import process from 'node:process';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { onInterrupt } from '../interrupts.ts';
import { conversionProgress } from '../model/conversion-progress.ts';
import { openvinoPackage } from '../openvino/openvino-package.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { toJson } from '../to-json.ts';

export interface OpenvinoInstallOptions {
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `aiwork openvino install`: fetches OpenVINO into the user's cache. */
export async function openvinoInstall(
  version: string | undefined,
  { force, json }: OpenvinoInstallOptions,
): Promise<ExitCode> {
  const { installOpenvino } = await openvinoPackage();
  const cancel = new AbortController();
  const release = onInterrupt(() => cancel.abort());
  try {
    using progress = conversionProgress();
    const installed = await installOpenvino({
      ...(version !== undefined && { version }),
      existing: force ? 'replace' : 'keep',
      onProgress: progress.tell,
      signal: cancel.signal,
    });
    const { fetched, library } = installed;
    const said = fetched ? 'Fetched' : 'There already:';
    writeOut(json ? `${toJson(installed)}\n` : `${said} OpenVINO ${installed.version}\n${library}\n`);
    return exitCode.ok;
  } catch (error) {
    if (!cancel.signal.aborted) throw error;
    process.stderr.write('Cancelled; what has come is kept for the next time.\n');
    return exitCode.cancelled;
  } finally {
    release();
  }
}

import { type ExitCode, exitCode } from '../exit-code.ts';
import { conversionProgress } from '../model/conversion-progress.ts';
import { openvinoPackage } from '../openvino/openvino-package.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { toJson } from '../to-json.ts';
import { untilInterrupted } from '../until-interrupted.ts';

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
  return untilInterrupted('what has come is kept for the next time', async (signal) => {
    using progress = conversionProgress();
    const installed = await installOpenvino({
      ...(version !== undefined && { version }),
      existing: force ? 'replace' : 'keep',
      onProgress: progress.tell,
      signal,
    });
    const { fetched, library } = installed;
    const said = fetched ? 'Fetched' : 'There already:';
    writeOut(json ? `${toJson(installed)}\n` : `${said} OpenVINO ${installed.version}\n${library}\n`);
    return exitCode.ok;
  });
}

import process from 'node:process';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { openvinoPackage } from '../openvino/openvino-package.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { table } from '../terminal/table.ts';
import { toJson } from '../to-json.ts';

/** `aiwork openvino status`: shows where OpenVINO is. It fails when there is none that can be used. */
export async function openvinoStatus({ json }: { readonly json?: boolean }): Promise<ExitCode> {
  const { openvinoStatus: statusOf } = await openvinoPackage();
  const status = await statusOf();
  const { found, devices } = status;
  const used = found.find(({ problem }) => problem === undefined);
  if (json) {
    writeOut(`${toJson(status)}\n`);
  } else {
    const libraries = found.map((each) => [
      each.version ?? '?',
      each === used ? 'used' : (each.problem ?? 'not used: an earlier one is'),
      each.by,
      each.file,
    ]);
    if (found.length > 0) writeOut(`${table(['OPENVINO', 'STATE', 'FOUND BY', 'LIBRARY'], libraries)}\n`);
    const shown = devices.map(({ id, name, precisions }) => [id, name, precisions.join(', ')]);
    if (devices.length > 0) writeOut(`\n${table(['DEVICE', 'NAME', 'COMPUTES IN'], shown)}\n`);
  }
  if (used !== undefined) return exitCode.ok;
  process.stderr.write('There is no OpenVINO that can be used: aiwork openvino install fetches it.\n');
  return exitCode.failed;
}

import process from 'node:process';
import { compareVersions, isSupported, supportedRange } from '../locate/supported-version.ts';
import { downloadFailed } from './download-failed.ts';
import type { PackageFile } from './package-files.ts';

/** A wheel with what its name says. */
export interface Wheel extends PackageFile {
  readonly version: string;
  /** What the index says it has to be. */
  readonly sha256: string;
  readonly platform: string;
}

export interface Machine {
  readonly platform: string;
  readonly architecture: string;
  /** Of Linux; left out for another C library. */
  readonly glibc?: string;
}

export function thisMachine(): Machine {
  const machine = { platform: process.platform, architecture: process.arch };
  if (process.platform !== 'linux') return machine;
  // Looking up the names of open connections can take seconds; the types of Node 22 do not know the setting yet.
  Reflect.set(process.report, 'excludeNetwork', true);
  const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } };
  const glibc = header?.glibcVersionRuntime;
  return glibc === undefined ? machine : { ...machine, glibc };
}

const linuxNames: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

/** Whether the libraries in a wheel run here, by the last part of its name. */
function runsOn(tag: string, { platform, architecture, glibc }: Machine): boolean {
  if (platform === 'win32') return tag === 'win_amd64' && architecture === 'x64';
  if (platform === 'darwin') {
    return /^macosx_\d+_\d+_/.test(tag) && tag.endsWith(architecture === 'arm64' ? '_arm64' : '_x86_64');
  }
  const name = linuxNames[architecture];
  const [, major, minor] = /^manylinux_(\d+)_(\d+)_/.exec(tag) ?? [];
  if (platform !== 'linux' || name === undefined || major === undefined || !tag.endsWith(`_${name}`))
    return false;
  return glibc !== undefined && compareVersions(glibc, `${major}.${minor}`) >= 0;
}

function wheelOf(file: PackageFile): Wheel | undefined {
  const [, version, python, platform] =
    /^openvino-(\d+(?:\.\d+)*)(?:-[^-]+)?-(cp\d+)-cp\d+-([^-]+)\.whl$/.exec(file.name) ?? [];
  const { sha256 } = file;
  if (version === undefined || python === undefined || platform === undefined || sha256 === undefined)
    return undefined;
  return { ...file, version, platform, sha256 };
}

const described = ({ platform, architecture, glibc }: Machine): string =>
  platform === 'linux'
    ? `Linux on ${architecture} with ${glibc === undefined ? 'a C library other than glibc' : `glibc ${glibc}`}`
    : `${platform} on ${architecture}`;

/**
 * The newest wheel whose libraries run here. Which Python it was made for does not matter: its libraries are the same.
 *
 * @throws `AIWORK_DOWNLOAD_FAILED`, saying which versions there are.
 */
export function chooseWheel(files: readonly PackageFile[], machine: Machine, version?: string): Wheel {
  const wheels = files.flatMap((file) => wheelOf(file) ?? []);
  const running = wheels.filter(({ platform }) => platform.split('.').some((tag) => runsOn(tag, machine)));
  const known = running.filter((wheel) => isSupported(wheel.version));
  const candidates = known.filter((wheel) =>
    version === undefined ? !wheel.yanked : wheel.version === version,
  );
  const [newest] = candidates.sort((a, b) => compareVersions(b.version, a.version));
  if (newest !== undefined) return newest;
  const versions = [...new Set(known.map((wheel) => wheel.version))].sort(compareVersions);
  const there = versions.length === 0 ? 'none' : versions.join(', ');
  throw downloadFailed(
    version === undefined
      ? `the package index has no OpenVINO (${supportedRange}) for ${described(machine)}: install it as Intel describes, and name its folder in AIWORK_OPENVINO`
      : `the package index has no OpenVINO ${version} for ${described(machine)} that can be used: there is ${there}`,
  );
}

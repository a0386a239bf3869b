import { describe, expect, it } from 'vitest';
import type { PackageFile } from './package-files.ts';
import { chooseWheel, type Machine } from './wheel.ts';

const sha256 = 'a'.repeat(64);
const named = (name: string, yanked = false): PackageFile => ({
  name,
  url: `https://x.test/${name}`,
  sha256,
  yanked,
});

const files = [
  'openvino-2025.4.1-20426-cp311-cp311-manylinux2014_x86_64.whl',
  'openvino-2026.4.0-22959-cp311-cp311-manylinux_2_28_x86_64.whl',
  'openvino-2026.4.1-22982-cp310-cp310-manylinux_2_28_x86_64.whl',
  'openvino-2026.4.1-22982-cp310-cp310-manylinux_2_35_aarch64.whl',
  'openvino-2026.4.1-22982-cp310-cp310-macosx_11_0_arm64.whl',
  'openvino-2026.4.1-22982-cp310-cp310-win_amd64.whl',
  'openvino-2026.4.1.tar.gz',
  'openvino-2027.0.0-30000-cp311-cp311-manylinux_2_28_x86_64.whl',
].map((name) => named(name));

const machine: Machine = { platform: 'linux', architecture: 'x64', glibc: '2.36' };

describe('chooseWheel', () => {
  it.each([
    ['linux', 'x64', 'manylinux_2_28_x86_64'],
    ['linux', 'arm64', 'manylinux_2_35_aarch64'],
    ['darwin', 'arm64', 'macosx_11_0_arm64'],
    ['win32', 'x64', 'win_amd64'],
  ])('takes the newest known version for %s on %s', (platform, architecture, tag) => {
    const wheel = chooseWheel(files, { platform, architecture, glibc: '2.36' });
    expect([wheel.version, wheel.platform]).toEqual(['2026.4.1', tag]);
  });

  it('takes the version that is asked for', () => {
    expect(chooseWheel(files, machine, '2026.4.0').version).toBe('2026.4.0');
  });

  it('takes a version that was withdrawn only when it is asked for', () => {
    const withdrawn = [...files, named('openvino-2026.5.0-1-cp311-cp311-manylinux_2_28_x86_64.whl', true)];
    expect(chooseWheel(withdrawn, machine).version).toBe('2026.4.1');
    expect(chooseWheel(withdrawn, machine, '2026.5.0').version).toBe('2026.5.0');
  });

  it('takes none without a checksum', () => {
    const { sha256: _, ...unchecked } = named('openvino-2026.5.0-1-cp311-cp311-manylinux_2_28_x86_64.whl');
    expect(chooseWheel([...files, unchecked], machine).version).toBe('2026.4.1');
  });

  it.each<[string, Machine]>([
    ['an older glibc', { ...machine, glibc: '2.17' }],
    ['another C library', { platform: 'linux', architecture: 'x64' }],
    ['another processor', { ...machine, architecture: 'riscv64' }],
    ['a Mac of Intel', { platform: 'darwin', architecture: 'x64' }],
  ])('says that there is none for %s', (_, of) => {
    expect(() => chooseWheel(files, of)).toThrow(/has no OpenVINO .* for .*AIWORK_OPENVINO/);
  });

  it('says which versions there are', () => {
    expect(() => chooseWheel(files, machine, '2026.9')).toThrow('there is 2026.4.0, 2026.4.1');
  });
});

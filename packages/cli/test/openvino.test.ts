import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aiwork, newFolder } from './aiwork.fixture.ts';

/** Without an OpenVINO anywhere, and an index that nobody serves. */
async function nowhere() {
  const home = await newFolder();
  const env = {
    XDG_CACHE_HOME: home,
    LOCALAPPDATA: home,
    HOME: home,
    PATH: '',
    AIWORK_OPENVINO: '',
    INTEL_OPENVINO_DIR: '',
    PIP_INDEX_URL: 'https://me:pa55word@127.0.0.1:4/simple',
  };
  return { home, env };
}

describe('aiwork openvino', { timeout: 60_000 }, () => {
  it('says what is wrong with a place that has none, and shows no password when it cannot fetch one', async () => {
    const { home, env } = await nowhere();
    const status = await aiwork(['openvino', 'status'], { env: { ...env, AIWORK_OPENVINO: home } });
    expect(status.code).toBe(1);
    expect(status.stderr).toContain(`there is no OpenVINO at ${home}, which AIWORK_OPENVINO names`);
    const install = await aiwork(['openvino', 'install'], { env });
    expect(install.code).toBe(1);
    expect(install.stderr).toContain('127.0.0.1:4 cannot be reached');
    expect(install.stderr).toContain('PIP_INDEX_URL');
    expect(install.stdout + install.stderr).not.toContain('pa55word');
  });

  it('refuses a version that is not known to work, and options that make no sense', async () => {
    const { env } = await nowhere();
    const old = await aiwork(['openvino', 'install', '2023.1'], { env });
    expect(old.stderr).toContain('2026.4 or newer');
    const quantize = ['openvino', 'quantize', 'model.onnx'];
    const none = await aiwork(quantize, { env });
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('--calibration')]);
    const drop = await aiwork([...quantize, '--calibration', 'x', '--max-drop', 'much'], { env });
    expect([drop.code, drop.stderr]).toEqual([2, expect.stringContaining('number of 0 or more')]);
  });

  it('refuses samples that cannot be read, naming the line, before anything is fetched', async () => {
    const { home, env } = await nowhere();
    const file = join(home, 'samples.jsonl');
    await writeFile(file, '{"x": [1]}\nnot a sample\n');
    const run = await aiwork(['openvino', 'quantize', 'model.onnx', '--calibration', file], { env });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`line 2 of ${file} cannot be read`);
    expect(await readdir(home)).toEqual(['samples.jsonl']);
  });
});

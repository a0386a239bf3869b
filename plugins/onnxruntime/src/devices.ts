import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism, cpus } from 'node:os';
import type { DeviceInfo } from '@aiwork/core';
import { writeOnnx } from '@aiwork/onnx-format';
import type { Probe, ProbeAnswer } from './probe-process.ts';

/** A driver that has not answered by then is none. */
const probeMs = 60_000;

const known: Readonly<Record<string, Pick<DeviceInfo, 'name' | 'type'>>> = {
  cuda: { name: 'NVIDIA GPU, through CUDA', type: 'gpu' },
  tensorrt: { name: 'NVIDIA GPU, through TensorRT', type: 'gpu' },
  webgpu: { name: 'GPU, through WebGPU', type: 'gpu' },
  dml: { name: 'GPU, through DirectML', type: 'gpu' },
  coreml: { name: 'Apple Core ML', type: 'other' },
  qnn: { name: 'Qualcomm NPU', type: 'npu' },
};

const value = { type: 'float32', shape: [1] } as const;

const negation = writeOnnx({
  opsets: { '': 13 },
  irVersion: 8,
  inputs: [{ name: 'x', ...value }],
  outputs: [{ name: 'y', ...value }],
  nodes: [{ operator: 'Neg', inputs: ['x'], outputs: ['y'] }],
});

/** The processor, which is always there. */
export function cpuDevice(): DeviceInfo {
  const model = cpus()[0]?.model.trim() || 'CPU';
  return { id: 'cpu', name: `${model}, ${availableParallelism()} threads`, type: 'cpu', precisions: [] };
}

function processUrl(): URL {
  // Beside this file it is TypeScript in the repository and JavaScript in the package.
  return import.meta.url.endsWith('.ts')
    ? new URL('./probe-process.ts', import.meta.url)
    : new URL('./probe-process.js', import.meta.url);
}

async function ask(probe: Probe): Promise<ProbeAnswer | undefined> {
  const child = fork(processUrl(), {
    execArgv: [],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    timeout: probeMs,
    killSignal: 'SIGKILL',
  });
  let answer: ProbeAnswer | undefined;
  child.once('message', (message) => {
    answer = message as ProbeAnswer;
  });
  const gone = once(child, 'close');
  child.send(probe, () => {
    // A process that could not be told anything has ended, which is an answer.
  });
  // One that could not be started gives no answer either.
  await gone.catch(() => {});
  return answer;
}

/** What this build of the engine knows, and a model was just run on. Takes as long as a few processes that load it. */
export async function findDevices(): Promise<readonly DeviceInfo[]> {
  const names = await ask({ negation });
  const others = Array.isArray(names) ? names.filter((name) => name !== 'cpu') : [];
  const found = await Promise.all(
    others.map(async (provider) => {
      const works = (await ask({ provider, negation })) === true;
      const { name, type } = known[provider] ?? { name: provider, type: 'other' };
      return works ? [{ id: provider, name, type, precisions: [] }] : [];
    }),
  );
  return [cpuDevice(), ...found.flat()];
}

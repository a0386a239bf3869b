import { AiworkError, type DeviceInfo, type Precision } from '@aiwork/core';
import type { Engine } from './engine/engine.ts';

const precisions: Readonly<Record<string, Precision>> = {
  FP32: 'fp32',
  FP16: 'fp16',
  BF16: 'bf16',
  INT8: 'int8',
};

function typeOf(id: string): DeviceInfo['type'] {
  if (id.startsWith('CPU')) return 'cpu';
  if (id.startsWith('GPU')) return 'gpu';
  return id.startsWith('NPU') ? 'npu' : 'other';
}

function describe(engine: Engine, id: string): DeviceInfo {
  const said = engine.property(id, 'OPTIMIZATION_CAPABILITIES').split(/[\s,]+/);
  return Object.freeze({
    id,
    name: engine.property(id, 'FULL_DEVICE_NAME').trim(),
    type: typeOf(id),
    precisions: Object.freeze(
      said.flatMap((name) => {
        const precision = precisions[name];
        return precision === undefined ? [] : [precision];
      }),
    ),
  });
}

/** The devices whose drivers are there, the processor first. */
export function listDevices(engine: Engine): readonly DeviceInfo[] {
  return engine
    .devices()
    .flatMap((id) => {
      try {
        return [describe(engine, id)];
      } catch {
        // A device that does not answer does not work.
        return [];
      }
    })
    .sort((a, b) => Number(b.type === 'cpu') - Number(a.type === 'cpu'));
}

/** Those of the engine's own that spread work over others. */
const spreading = /^(AUTO|HETERO|MULTI|BATCH)(?::(.+))?$/;

/**
 * Refuses a device that is not there, before a model is read: the engine would say so late, and of some only in its logs.
 *
 * @throws `AIWORK_DEVICE_UNAVAILABLE`.
 */
export function checkDevice(device: string, devices: readonly DeviceInfo[]): void {
  const ids = devices.map(({ id }) => id);
  const [, way, list] = spreading.exec(device) ?? [];
  if (way !== undefined && list === undefined && way !== 'HETERO' && way !== 'BATCH') return;
  const parts = (list ?? device).split(',').map((part) => part.replace(/\(\d+\)$/, '').replace(/^-/, ''));
  const missing = parts.find((part) => !ids.some((id) => id === part || id.startsWith(`${part}.`)));
  if (missing === undefined) return;
  throw new AiworkError(
    'AIWORK_DEVICE_UNAVAILABLE',
    `there is no device "${missing}": this machine has ${ids.join(', ') || 'none'}, and AUTO, HETERO:… and MULTI:… of them`,
    { outcome: 'not-applied' },
  );
}

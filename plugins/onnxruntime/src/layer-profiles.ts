import type { LayerProfile } from '@aiwork/core';

/** One event of a trace in the format of Chrome, with what ONNX Runtime adds. Times are in microseconds. */
interface TraceEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args: { readonly op_name?: string; readonly provider?: string };
}

const kernel = /_kernel_time$/;

/** `CPUExecutionProvider` is the device `cpu`. */
const deviceOf = (provider: string): string => provider.replace(/ExecutionProvider$/, '').toLowerCase();

/** The operations of a trace, in its order. */
export function layerProfiles(trace: string): LayerProfile[] {
  const events: readonly TraceEvent[] = JSON.parse(trace);
  return events.flatMap(({ cat, name, dur, args }) => {
    if (cat !== 'Node' || !kernel.test(name)) return [];
    const { op_name: operation = '', provider = '' } = args;
    return [{ name: name.replace(kernel, ''), operation, device: deviceOf(provider), timeMs: dur / 1000 }];
  });
}

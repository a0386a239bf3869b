import type { Request } from './frames.ts';
import type { RemoteParts } from './remote-service.ts';

const keptAfterMs = 30;

type AnyMethods = Record<string, (...args: readonly unknown[]) => Promise<unknown>>;

/** Keeps the mutations `methods` a little later than it answers them; what it has not kept is lost when it goes down. */
export function slowDisk(
  methods: readonly string[],
  loses: readonly ('restart' | 'kill')[],
): Pick<RemoteParts, 'perform' | 'onDown'> {
  const log: { readonly request: Request; readonly at: number }[] = [];
  return {
    async perform(call, request) {
      const result = await call();
      if (methods.includes(request.method)) log.push({ request, at: performance.now() });
      return result;
    },
    onDown(how, disk) {
      if (!loses.includes(how)) return;
      const now = performance.now();
      disk.clear();
      for (const { request, at } of log) {
        if (now - at < keptAfterMs) continue;
        const adapter = disk.of(request.namespace) as unknown as AnyMethods;
        void adapter[request.method]?.(...request.args);
      }
    },
  };
}

import type { Request } from './frames.ts';
import type { RemoteParts } from './remote-service.ts';

type AnyMethods = Record<string, (...args: readonly unknown[]) => Promise<unknown>>;

/** Keeps the mutations `methods` and no other, and not the last ones that it answered before it goes down. */
export function slowDisk(
  methods: readonly string[],
  loses: readonly ('restart' | 'kill')[],
  unkept = 20,
): Pick<RemoteParts, 'perform' | 'onDown'> {
  const log: Request[] = [];
  return {
    async perform(call, request) {
      const result = await call();
      if (methods.includes(request.method)) log.push(request);
      return result;
    },
    onDown(how, disk) {
      if (!loses.includes(how)) return;
      disk.clear();
      for (const { namespace, method, args } of log.slice(0, log.length - unkept)) {
        void (disk.of(namespace) as unknown as AnyMethods)[method]?.(...args);
      }
    },
  };
}

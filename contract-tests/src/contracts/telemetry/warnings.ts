/** The warnings of the whole process, in the place of whoever else looks at them or prints them, until it stops. */
export function watchWarnings(): { readonly seen: readonly Error[]; stop(): void } {
  const seen: Error[] = [];
  const others = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    seen.push(warning);
  });
  return {
    seen,
    stop() {
      process.removeAllListeners('warning');
      for (const other of others) process.on('warning', other);
    },
  };
}

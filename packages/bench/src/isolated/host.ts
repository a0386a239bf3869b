// The process a subject runs in: calls functions of the module named on the command line.
interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

const subject = (await import(process.argv[2] as string)) as Record<string, (...args: unknown[]) => unknown>;

process.on('message', async ({ name, args }: Call) => {
  try {
    process.send?.({ value: await subject[name]?.(...args) });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
// Connections of the subject would keep it alive when nobody calls any more.
process.on('disconnect', () => process.exit());
process.send?.({ value: undefined });

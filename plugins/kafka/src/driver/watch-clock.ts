const lookEveryMs = 100;

/** Tells when the clock of the wall was set back by more than `toleranceMs`. Gives what ends it. */
export function watchClock(toleranceMs: number, setBack: () => void): () => void {
  const ahead = () => Date.now() - performance.now();
  let before = ahead();
  const timer = setInterval(() => {
    const now = ahead();
    if (now < before - toleranceMs) setBack();
    before = now;
  }, lookEveryMs);
  return () => clearInterval(timer);
}

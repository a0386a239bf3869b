import process from 'node:process';
import { installOpenvino } from './install/install-openvino.ts';
import { findLibrary } from './locate/find-library.ts';

/** The OpenVINO that tests run on, or why there is none. */
export type OpenvinoOfTests = { readonly library: string } | { readonly missing: string };

/**
 * The OpenVINO of this machine, or the one that is fetched into its cache. A machine that is there to test has to be able to
 * fetch it.
 */
export async function openvinoOfTests(): Promise<OpenvinoOfTests> {
  try {
    return { library: (await findLibrary()).file };
  } catch {
    // There is none yet.
  }
  try {
    return { library: (await installOpenvino()).library };
  } catch (error) {
    if (process.env['CI']) throw error;
    return { missing: `OpenVINO cannot be fetched: ${error instanceof Error ? error.message : error}` };
  }
}

/** What titles of tests have behind them where there is no OpenVINO; where there is one, nothing. */
export async function skippedWithoutOpenvino(): Promise<string> {
  const found = await openvinoOfTests();
  return 'missing' in found ? ` (skipped: ${found.missing})` : '';
}

export { systemClock } from '../engine/clock.ts';
export { type CrashingRunStore, crashAfter } from './crash-after.ts';
export { recordingChatModel } from './recording-chat-model.ts';
export { replayChatModel } from './replay-chat-model.ts';
export {
  type ScriptedChatModel,
  type ScriptedChatModelOptions,
  type ScriptedParts,
  type ScriptedReply,
  type ScriptStep,
  scriptedChatModel,
} from './scripted-chat-model.ts';
export { type Mock, type MockFunction, type TestRun, type TestRunOptions, testRun } from './test-run.ts';
export { type VirtualClock, type VirtualClockOptions, virtualClock } from './virtual-clock.ts';

import type { Contract } from '../../engine/contract.ts';
import type { ChatModelUnderTest } from './chat-model-under-test.ts';
import { ending } from './ending.ts';
import { failures } from './failures.ts';
import { replies } from './replies.ts';
import { requests } from './requests.ts';
import { secrets } from './secrets.ts';
import { tools } from './tools.ts';

/** What every `ChatModel` has to do. @since 0.1.0 */
export const chatModelContract: Contract<ChatModelUnderTest> = {
  id: 'chat-model',
  version: '1.0',
  adapter: 'ChatModel',
  groups: [replies, tools, requests, failures, ending, secrets],
};

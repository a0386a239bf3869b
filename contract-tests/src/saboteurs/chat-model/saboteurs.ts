import type { ChatModelUnderTest } from '../../contracts/chat-model/chat-model-under-test.ts';
import type { Saboteur } from '../saboteur.ts';
import { endingSaboteurs } from './ending.ts';
import { failureSaboteurs } from './failures.ts';
import { replySaboteurs } from './replies.ts';
import { requestSaboteurs } from './requests.ts';
import { secretSaboteurs } from './secrets.ts';
import { toolSaboteurs } from './tools.ts';

/** Broken chat models, each with the checks that have to find it. Each check takes time: they see no others. */
export const chatModelSaboteurs: readonly Saboteur<ChatModelUnderTest>[] = [
  ...replySaboteurs,
  ...toolSaboteurs,
  ...requestSaboteurs,
  ...failureSaboteurs,
  ...endingSaboteurs,
  ...secretSaboteurs,
].map((saboteur) => ({ ...saboteur, onlyNamed: true }));

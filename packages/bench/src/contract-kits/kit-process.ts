// Runs in a process of its own, whose clock the programs move.
import { type KitName, kits } from './kits.ts';

export const fitting = (name: KitName) => kits[name].fitting();

export const checkOurs = (name: KitName, saboteurs: readonly string[]) => kits[name].checkOurs(saboteurs);

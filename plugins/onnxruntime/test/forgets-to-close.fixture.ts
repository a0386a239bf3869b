// Loads and infers, closes nothing, and has nothing else to do.
import { createOnnxRuntime } from '../src/index.ts';
import { ones, slowModel } from './model.fixture.ts';

const runtime = createOnnxRuntime();
const model = await runtime.load({ model: slowModel(2) });
const { y } = await model.infer({ x: ones(1) });
console.log(y?.data[0]);

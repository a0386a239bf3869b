/**
 * What Python does: reads a model and samples, and saves what NNCF makes of them. It is given what to do as JSON, and tells
 * how far it has come in lines of JSON behind a mark, between whatever else its libraries print.
 */
export const mark = 'aiwork-quantize:';

export const quantizeProgram = `
import json, sys

def tell(**what):
    print('${mark}' + json.dumps(what), flush=True)

task = json.loads(sys.argv[1])
tell(stage='starting')
import numpy as np
import openvino as ov
import nncf

model = ov.Core().read_model(task['model'])
types = {name: port.get_element_type().to_dtype() for port in model.inputs for name in port.get_names()}
if task['mode'] == 'weights':
    tell(stage='compressing')
    smaller = nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_ASYM)
else:
    with open(task['samples'], encoding='utf-8') as lines:
        samples = [json.loads(line) for line in lines]
    seen = 0
    def arrays(sample):
        global seen
        seen += 1
        tell(stage='calibrating', done=seen, total=len(samples))
        return {name: np.array(value, dtype=types.get(name, np.float32)) for name, value in sample.items()}
    smaller = nncf.quantize(
        model,
        nncf.Dataset(samples, arrays),
        subset_size=len(samples),
        model_type=nncf.ModelType.TRANSFORMER if task['transformer'] else None,
    )
tell(stage='saving')
ov.save_model(smaller, task['out'], compress_to_fp16=False)
tell(stage='done')
`;

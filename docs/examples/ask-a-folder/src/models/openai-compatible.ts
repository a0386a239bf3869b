import { openai } from '@aiwork/openai';

const { MODEL_URL = 'http://localhost:11434/v1', MODEL_NAME = 'llama3.2', MODEL_API_KEY } = process.env;

/** What `--model` takes: a model behind a server that speaks chat completions, as Ollama, llama.cpp and vLLM do. @public */
export default openai(MODEL_NAME, {
  baseUrl: MODEL_URL,
  ...(MODEL_API_KEY !== undefined && { apiKey: MODEL_API_KEY }),
});

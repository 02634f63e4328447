export { startModel, type ChatRequest, type ModelOptions, type ModelServer } from './openai.ts';

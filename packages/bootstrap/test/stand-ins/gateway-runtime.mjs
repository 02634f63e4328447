// OpenClaw's own client of its gateway, as far as the bootstrap calls it.
import { answerAs } from './gateway-methods.mjs';

export async function callGatewayFromCli(method, { timeout }, parameters) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${timeout} ms`)), Number(timeout));
  });
  try {
    return JSON.parse(await Promise.race([answerAs(method, parameters), late]));
  } finally {
    clearTimeout(timer);
  }
}

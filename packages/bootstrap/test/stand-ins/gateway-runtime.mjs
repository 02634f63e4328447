// OpenClaw's own client of its gateway, as far as the bootstrap calls it.
import { answerAs } from './gateway-methods.mjs';

export async function callGatewayFromCli(method, { timeout }, parameters, { scopes = [] } = {}) {
  // As itself it asks for no more than a method seems to need.
  if (method === 'users.setDisplayName' && !scopes.includes('operator.admin')) {
    throw new Error('profile edits require the owning user or operator.admin');
  }
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

import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

import type { PasswordPolicy } from './shapes.ts';

const derive = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
  scrypt,
);
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const length = 32;

/** A salted scrypt hash, with its salt. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `scrypt:${salt.toString('base64')}:${(await derive(password, salt, length, cost)).toString('base64')}`;
}

/** Takes as long for a user that does not exist (`undefined`) as for one that does. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  const [, salt = '', expected = ''] = (hash ?? '').split(':');
  const actual = await derive(password, Buffer.from(salt, 'base64'), length, cost);
  const wanted = Buffer.from(expected, 'base64');
  return wanted.length === length && timingSafeEqual(actual, wanted);
}

/** What a password lacks, in Cognito's words; `undefined` when the policy accepts it. */
export function passwordProblem(password: string, policy: PasswordPolicy): string | undefined {
  const problems = [
    password.length < policy.MinimumLength && `Password not long enough (minimum ${policy.MinimumLength})`,
    policy.RequireUppercase && !/[A-Z]/.test(password) && 'Password must have uppercase characters',
    policy.RequireLowercase && !/[a-z]/.test(password) && 'Password must have lowercase characters',
    policy.RequireNumbers && !/\d/.test(password) && 'Password must have numeric characters',
    policy.RequireSymbols && !/[^A-Za-z0-9]/.test(password) && 'Password must have symbol characters',
  ];
  return problems.find((problem) => problem !== false);
}

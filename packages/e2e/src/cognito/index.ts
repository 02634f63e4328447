export { startUserPool, type UserPool, type UserPoolOptions } from './user-pool.ts';
export type { NewUser, User, Users } from './users.ts';

/** What a fault can be of, in the order of docs/reliability.md: the word in a title → the heading there. */
export const areas = {
  kill: 'Killed in the middle',
  storage: 'Disks and file systems',
  aws: 'AWS does not answer as it should',
  instance: 'The instance',
  gateway: 'The gateway',
  config: 'Config, spec and secrets',
  release: 'Releases of OpenClaw',
  backup: 'Backups and disasters',
} as const;

export type Area = keyof typeof areas;

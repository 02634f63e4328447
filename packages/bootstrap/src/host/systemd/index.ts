export { gatewayAccount, ollamaAccount, type Account } from './account.ts';
export { runLock } from './bootstrap-service.ts';
export { environmentFile, escapePath } from './quoting.ts';
export { SystemdHost, type SystemdHostOptions } from './systemd-host.ts';
export { renderUnit } from './unit-file.ts';

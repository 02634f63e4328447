import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Entry {
  readonly payload: AdapterPayload;
  /** In milliseconds since the epoch. */
  readonly expires: number;
}

/**
 * Sessions, codes and tokens of one user pool, in memory: they end with the process. The one that oidc-provider brings
 * is shared by all providers of a process.
 */
export class TokenStore {
  readonly #entries = new Map<string, Entry>();

  /** What oidc-provider asks for one kind of thing. */
  adapter(model: string): Adapter {
    const key = (id: string) => `${model}:${id}`;
    const find = (id: string) => Promise.resolve(this.#read(key(id)));
    const findBy = (property: 'uid' | 'userCode') => (value: string) =>
      Promise.resolve(this.#ofModel(model).find((payload) => payload[property] === value));
    return {
      find,
      findByUid: findBy('uid'),
      findByUserCode: findBy('userCode'),
      upsert: (id, payload, expiresIn) => {
        this.#sweep();
        const expires = expiresIn ? Date.now() + expiresIn * 1000 : Infinity;
        this.#entries.set(key(id), { payload, expires });
        return Promise.resolve();
      },
      consume: (id) => {
        const payload = this.#read(key(id));
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
        return Promise.resolve();
      },
      destroy: (id) => {
        this.#entries.delete(key(id));
        return Promise.resolve();
      },
      revokeByGrantId: (grantId) => {
        for (const [id, { payload }] of this.#entries)
          if (payload.grantId === grantId) this.#entries.delete(id);
        return Promise.resolve();
      },
    };
  }

  #read(key: string): AdapterPayload | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.expires > Date.now() ? entry.payload : undefined;
  }

  #ofModel(model: string): AdapterPayload[] {
    this.#sweep();
    return [...this.#entries]
      .filter(([key]) => key.startsWith(`${model}:`))
      .map(([, { payload }]) => payload);
  }

  #sweep(): void {
    const now = Date.now();
    for (const [key, { expires }] of this.#entries) if (expires <= now) this.#entries.delete(key);
  }
}

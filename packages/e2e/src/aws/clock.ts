/** Time as the stand-ins see it: injected, so that a test can let an hour of heartbeats pass in a millisecond. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `wake` once `time` (milliseconds since the epoch) is reached. @returns takes the call back */
  at(time: number, wake: () => void): () => void;
}

/** setTimeout cannot count further (2^31 - 1 ms): a later time is approached in laps. */
const longestTimer = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  at(time, wake) {
    let timer: NodeJS.Timeout;
    const lap = () => {
      const left = time - Date.now();
      timer = setTimeout(left > longestTimer ? lap : wake, Math.min(Math.max(left, 0), longestTimer));
    };
    lap();
    return () => clearTimeout(timer);
  },
};

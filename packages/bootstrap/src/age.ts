const hour = 3_600_000;

/**
 * How long ago a time was, in milliseconds; `Infinity` for one that lies more than an hour ahead: it is of a clock that was
 * wrong, and must not keep anything from being done for years.
 * @param at ISO 8601
 */
export function ageAt(now: Date, at: string): number {
  const age = now.getTime() - Date.parse(at);
  return age < -hour ? Infinity : Math.max(age, 0);
}

/** Numbers and times as the page writes them. */

const credits = new Intl.NumberFormat("en", { maximumFractionDigits: 3 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const moment = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "long" });
const date = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long" });
const DAY_MS = 86_400_000;

export function formatCredits(amount: number): string {
  return credits.format(amount);
}

export function formatTime(at: Date): string {
  return clock.format(at);
}

/** To the second: when something was looked at. */
export function formatMoment(at: Date): string {
  return moment.format(at);
}

/** How long something has taken, short: "6 s", "2 min", "1 h 5 min". */
export function formatElapsed(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The day of a moment as seen from now: Today, Yesterday, a weekday within the last week, else its date. */
export function formatDay(at: Date, now: Date): string {
  const days = Math.round((startOfDay(now) - startOfDay(at)) / DAY_MS);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  return days < 7 ? weekday.format(at) : date.format(at);
}

export function startOfDay(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** The tail of an id, as it is printed on the film's edge: enough to find it again. */
export function edgeNumber(id: string): string {
  return id.slice(-4).toUpperCase();
}

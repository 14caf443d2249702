/** Who looks at older strips is not pushed about: what arrives in the meantime waits above, and is counted. */
import { useEffect, useState } from "react";

import type { Job } from "./model";

/** Scrolled further than this is looking at something else. */
const AWAY_PX = 120;

export function useHeld(jobs: readonly Job[]): { shown: readonly Job[]; waiting: number } {
  const [isAway, setIsAway] = useState(false);
  const [top, setTop] = useState<string | null>(null);
  useEffect(() => {
    const look = () => setIsAway(scrollY > AWAY_PX);
    addEventListener("scroll", look, { passive: true });
    look();
    return () => removeEventListener("scroll", look);
  }, []);
  const wanted = isAway ? (top ?? jobs[0]?.key ?? null) : null;
  if (wanted !== top) setTop(wanted);
  const waiting = wanted === null ? 0 : Math.max(0, jobs.findIndex(({ key }) => key === wanted));
  return { shown: waiting === 0 ? jobs : jobs.slice(waiting), waiting };
}

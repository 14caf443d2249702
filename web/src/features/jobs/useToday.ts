/** The day that it is, also for a page that stays open over midnight. */
import { useEffect, useState } from "react";

import { startOfDay } from "@/lib/format";

/** Past any hour that a change of the clocks adds to a day. */
const DAY_AND_A_BIT_MS = 26 * 3_600_000;

export function useToday(): Date {
  const [today, setToday] = useState(() => new Date());
  useEffect(() => {
    const midnight = startOfDay(new Date(startOfDay(today) + DAY_AND_A_BIT_MS));
    const timer = setTimeout(() => setToday(new Date()), midnight - Date.now());
    return () => clearTimeout(timer);
  }, [today]);
  return today;
}

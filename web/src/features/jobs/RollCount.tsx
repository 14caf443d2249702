/** How much is going on: in edge print, and in the title of the window. */
import { useEffect } from "react";

import { useRoll } from "./api";
import { isEnded } from "./model";

export function RollCount() {
  const running = (useRoll().data?.jobs ?? []).filter((job) => job.input !== null && !isEnded(job));
  const developing = running.filter(({ status }) => status === "processing").length;
  const waiting = running.length - developing;
  useEffect(() => {
    document.title = running.length === 0 ? "DayGen" : `(${running.length}) DayGen`;
  }, [running.length]);
  const parts = [developing > 0 && `${developing} developing`, waiting > 0 && `${waiting} queued`];
  return <p className="edge whitespace-nowrap max-sm:hidden">{parts.filter(Boolean).join(" · ")}</p>;
}

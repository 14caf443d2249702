/** The keys of the roll: arrows mark, Enter opens. */
import { useKeys } from "@/lib/keys";

import type { Job } from "./model";
import { goTo, select, useSelection } from "./selection";
import { firstShot, type Place, type Step, stepped } from "./shots";

export function useRollKeys(jobs: readonly Job[], open: (job: Job, at: number) => void): void {
  function go(step: Step) {
    const place = useSelection.getState().place ?? focused(jobs);
    const shot = place === null ? firstShot(jobs) : stepped(jobs, place, step);
    if (shot) goTo(shot);
  }

  function openMarked() {
    const { place } = useSelection.getState();
    const job = jobs.find(({ key }) => key === place?.key);
    if (job && place && job.outputs[place.at]) open(job, place.at);
  }

  useKeys({
    ArrowRight: () => go("next"),
    ArrowLeft: () => go("previous"),
    ArrowDown: () => go("down"),
    ArrowUp: () => go("up"),
    Enter: openMarked,
    Escape: () => select(null),
  });
}

/** The frame that Tab has come to, before anything is marked. */
function focused(jobs: readonly Job[]): Place | null {
  const [id, at] = (document.activeElement?.getAttribute("data-shot") ?? "").split(":");
  const job = jobs.find((one) => one.id === id);
  return job ? { key: job.key, at: Number(at) } : null;
}

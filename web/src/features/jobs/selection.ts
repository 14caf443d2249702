/** Which picture of the roll is marked: the acts and the inspector are about it. */
import { create } from "zustand";

import type { Place, Shot } from "./shots";

interface Selection {
  place: Place | null;
  /** Counts the moves by keys: the roll brings the picture into view for each. */
  moves: number;
}

export const useSelection = create<Selection>()(() => ({ place: null, moves: 0 }));

export function select(place: Place | null): void {
  useSelection.setState({ place });
}

/** Marks a shot and brings it into view. */
export function goTo({ job, at }: Pick<Shot, "job" | "at">): void {
  useSelection.setState(({ moves }) => ({ place: { key: job.key, at }, moves: moves + 1 }));
}

/** What is about to be ordered: it survives a reload. */
import { create } from "zustand";
import { persist } from "zustand/middleware";

import { type Value, type Values, withValue } from "@/features/catalog";

export const COUNTS = [1, 2, 3, 4] as const;

export interface Draft {
  prompt: string;
  /** Null: the first that the catalogue offers. */
  model: string | null;
  operation: string | null;
  /** Settings that were changed, by name; the rest is as the model has it. A seed is here when it is locked. */
  values: Values;
  count: number;
}

interface DraftStore extends Draft {
  set: (change: Partial<Draft>) => void;
  /** Undefined gives a setting back to the model. */
  setValue: (name: string, value: Value | undefined) => void;
}

const BLANK: Draft = { prompt: "", model: null, operation: null, values: {}, count: 4 };

export const useDraft = create<DraftStore>()(
  persist(
    (set) => ({
      ...BLANK,
      set: (change) => set(change),
      setValue: (name, value) => set(({ values }) => ({ values: withValue(values, name, value) })),
    }),
    { name: "daygen.draft", version: 2, migrate: (old) => ({ ...BLANK, prompt: (old as Partial<Draft>).prompt ?? "" }) },
  ),
);

/** Who signs out leaves no words behind. */
export function forgetDraft(): void {
  useDraft.setState(BLANK);
}

/** What is about to be ordered: it survives a reload. */
import { create } from "zustand";
import { persist } from "zustand/middleware";

export const COUNTS = [1, 2, 3, 4] as const;

export interface Draft {
  prompt: string;
  /** Null: the first that the catalogue offers. */
  model: string | null;
  ratio: string | null;
  technique: string | null;
  count: number;
}

interface DraftStore extends Draft {
  set: (change: Partial<Draft>) => void;
}

const BLANK: Draft = { prompt: "", model: null, ratio: null, technique: null, count: 4 };

export const useDraft = create<DraftStore>()(
  persist((set) => ({ ...BLANK, set: (change) => set(change) }), { name: "daygen.draft", version: 1 }),
);

/** Who signs out leaves no words behind. */
export function forgetDraft(): void {
  useDraft.setState(BLANK);
}

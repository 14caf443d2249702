/** What a strip says of itself: its prompt, or what was done to which picture. Pure. */
import { operationWords } from "@/features/catalog";

import type { Job } from "./model";
import { type Shot, shotName } from "./shots";

const QUALITIES = ["strength", "scale", "aspectRatio", "seconds"] as const;

/** "Varied (strong) from 2430·2"; for what was made from words, the words. */
export function wordsOf(job: Job, parent?: Shot): string {
  const prompt = job.input?.prompt;
  if (prompt) return prompt;
  const quality = QUALITIES.map((name) => job.input?.[name]).find((value) => value !== undefined);
  const shown = typeof quality === "number" ? `${quality}×` : quality;
  const how = shown === undefined || job.operation === "describe" ? "" : ` (${String(shown)})`;
  return `${operationWords(job.operation).done}${how} from ${parent ? shotName(parent) : "an earlier picture"}`;
}

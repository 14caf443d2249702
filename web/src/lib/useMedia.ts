/** What the window and the person's system say: how wide, by which pointer, with how much motion. */
import { useSyncExternalStore } from "react";

/** From here on the inspector has a column of its own; the style sheet's `xl`. */
export const HAS_INSPECTOR = "(width >= 73.75rem)";
export const IS_PHONE = "(width < 40rem)";

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener("change", changed);
      return () => media.removeEventListener("change", changed);
    },
    () => matchMedia(query).matches,
  );
}

export function wantsMotion(): boolean {
  return !matchMedia("(prefers-reduced-motion: reduce)").matches;
}

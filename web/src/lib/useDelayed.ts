/** True once something has lasted: what is over in a moment shows no sign of waiting. */
import { useEffect, useState } from "react";

const AFTER_MS = 150;

export function useDelayed(isWaiting: boolean): boolean {
  const [hasLasted, setHasLasted] = useState(false);
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(() => setHasLasted(true), AFTER_MS);
    return () => {
      clearTimeout(timer);
      setHasLasted(false);
    };
  }, [isWaiting]);
  return isWaiting && hasLasted;
}

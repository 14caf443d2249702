/** How many credits are left, always in sight. */
import { formatCredits } from "@/lib/format";

import { useBalance } from "./balance";

export function Credits() {
  const balance = useBalance();
  if (balance === undefined) return null;
  const held = balance.heldCredits > 0 ? `${formatCredits(balance.heldCredits)} held · credits` : "credits";
  return (
    <p className="flex items-baseline gap-2 whitespace-nowrap" data-testid="credits">
      <span className="edge">{held}</span>
      <b className="display text-title tabular-nums">{formatCredits(balance.availableCredits)}</b>
    </p>
  );
}

/** How many credits are left, always in sight. */
import { formatCredits } from "@/lib/format";

import { useBalance } from "./balance";

export function Credits() {
  const balance = useBalance();
  if (balance === undefined) return null;
  const isHolding = balance.heldCredits > 0;
  return (
    <p className="flex items-baseline gap-2 whitespace-nowrap" data-testid="credits">
      <span className="edge">
        {isHolding && `${formatCredits(balance.heldCredits)} held`}
        <span className={isHolding ? "max-sm:hidden" : ""}>{isHolding ? " · credits" : "credits"}</span>
      </span>
      <b className="display text-title tabular-nums">{formatCredits(balance.availableCredits)}</b>
    </p>
  );
}

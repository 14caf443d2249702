/** How many credits are left, always in sight: a number, a bar, and what is set aside. */
import { formatCredits } from "@/lib/format";
import { Meter } from "@/ui";

import { useBalance } from "./balance";

export function Credits() {
  const balance = useBalance();
  if (balance === undefined) return <div aria-hidden="true" className="h-[62px]" />;
  const { availableCredits: available, heldCredits: held } = balance;
  const whole = available + held || 1;
  return (
    <div className="grid gap-3.5" data-testid="credits">
      <p className="flex items-baseline justify-between">
        <b className="display text-[1.875rem] tabular-nums">{formatCredits(available)}</b>
        <span className="edge">credits</span>
      </p>
      <Meter label={`${formatCredits(available)} credits available, ${formatCredits(held)} held`} lit={available / whole} held={held / whole} />
      <p className="edge">{held > 0 ? `${formatCredits(held)} held for running jobs` : "nothing held"}</p>
    </div>
  );
}

/** The same where there is no room for a bar. */
export function CreditsLine() {
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

/** The one button that spends: it says for how much, and what is missing. */
import { useBalance } from "@/features/ledger";
import { formatCredits } from "@/lib/format";
import { Button } from "@/ui";

export function GenerateButton({ price, isEmpty }: { price: number; isEmpty: boolean }) {
  const balance = useBalance();
  const short = balance === undefined ? 0 : price - balance.availableCredits;
  return (
    <Button
      look="lamp"
      type="submit"
      disabled={isEmpty || short > 0}
      className="group ml-auto h-10 gap-3 pr-2 pl-4 text-prompt max-sm:grow max-sm:justify-between pointer-coarse:h-[50px]"
    >
      {short > 0 ? "Not enough credits" : "Generate"}
      <kbd className="rounded-small bg-lamp-stamp px-2 py-[7px] font-edge text-[0.65625rem] leading-none group-disabled:bg-transparent">
        {short > 0 ? `${formatCredits(short)} short` : `${formatCredits(price)} CR`}
      </kbd>
    </Button>
  );
}

/** The seed: another one for each order, or one that is kept. */
import { Line, type Value, type Values } from "@/features/catalog";
import { Button } from "@/ui";

import { seedOf } from "./order";

const LARGEST = 4_294_967_295;

interface Props {
  values: Values;
  onChange: (name: string, value: Value | undefined) => void;
}

export function SeedControl({ values, onChange }: Props) {
  const { seed } = values;
  const isLocked = typeof seed === "number";
  return (
    <Line title="Seed" {...(isLocked ? { onReset: () => onChange("seed", undefined) } : {})}>
      <div className="flex items-center gap-2">
        <input
          type="number"
          aria-label="Seed"
          min={0}
          max={LARGEST}
          placeholder="another each time"
          value={isLocked ? seed : ""}
          onChange={({ target }) => onChange("seed", Number.isInteger(target.valueAsNumber) ? Math.min(LARGEST, Math.max(0, target.valueAsNumber)) : undefined)}
          className="h-9 min-w-0 grow rounded-control border border-line2 bg-base px-3 tabular-nums placeholder:text-ink3 pointer-coarse:h-11"
        />
        <Button className="pointer-coarse:h-11" onClick={() => onChange("seed", seedOf({}))}>
          {isLocked ? "Roll" : "Lock one"}
        </Button>
      </div>
    </Line>
  );
}

/** Width and height instead of a ratio, in pixels; the lock keeps their proportion, and X turns them. */
import { useState } from "react";

import { type Form, Line, ratioOf, sizeOf, type Value, type Values } from "@/features/catalog";
import { Button, IconButton, LockIcon, SwapIcon, Switch, UnlockIcon } from "@/ui";

import { swapShape } from "./ShapeChoice";

const LONG_SIDE_PX = 1024;
/** What models can make is rounded to this. */
const STEP_PX = 8;

interface Props {
  form: Form;
  values: Values;
  onChange: (name: string, value: Value | undefined) => void;
}

export function SizeControl({ form, values, onChange }: Props) {
  const [isLocked, setIsLocked] = useState(true);
  if (form.size === null) return null;
  const { least, most } = form.size;
  const size = sizeOf(form, values);
  const within = (pixels: number) => Math.min(most, Math.max(least, Math.round(pixels)));

  function toggle(isOn: boolean) {
    const [across = 1, down = 1] = (ratioOf(form, values) ?? "1:1").split(":").map(Number);
    const unit = LONG_SIDE_PX / Math.max(across, down);
    const pixels = (side: number) => within(Math.round((side * unit) / STEP_PX) * STEP_PX);
    onChange("width", isOn ? pixels(across) : undefined);
    onChange("height", isOn ? pixels(down) : undefined);
  }

  function change(name: "width" | "height", pixels: number) {
    if (size === null || Number.isNaN(pixels) || pixels <= 0) return;
    const other = name === "width" ? "height" : "width";
    onChange(name, within(pixels));
    if (isLocked) onChange(other, within((pixels * size[other]) / size[name]));
  }

  return (
    <Line title="Size in pixels">
      <div className="flex items-center gap-2">
        <Switch label="Own size" value={size !== null} onChange={toggle} />
        {size && (
          <>
            <Side name="Width" value={size.width} onChange={(pixels) => change("width", pixels)} />
            <IconButton name={isLocked ? "Proportion is kept. Let it go" : "Keep the proportion"} aria-pressed={isLocked} className="size-8" onClick={() => setIsLocked(!isLocked)}>
              {isLocked ? <LockIcon /> : <UnlockIcon />}
            </IconButton>
            <Side name="Height" value={size.height} onChange={(pixels) => change("height", pixels)} />
            <IconButton name="Swap width and height" className="size-8" onClick={() => swapShape(form, values, onChange)}>
              <SwapIcon />
            </IconButton>
          </>
        )}
        {size === null && (
          <Button look="quiet" onClick={() => swapShape(form, values, onChange)}>
            Turn the shape
          </Button>
        )}
      </div>
    </Line>
  );
}

function Side({ name, value, onChange }: { name: string; value: number; onChange: (pixels: number) => void }) {
  return (
    <input
      type="number"
      aria-label={name}
      defaultValue={value}
      key={value}
      onBlur={(event) => onChange(event.target.valueAsNumber)}
      onKeyDown={(event) => event.key === "Enter" && onChange(event.currentTarget.valueAsNumber)}
      className="h-8 w-[66px] min-w-0 rounded-small border border-line2 bg-base px-2 tabular-nums pointer-coarse:h-11"
    />
  );
}

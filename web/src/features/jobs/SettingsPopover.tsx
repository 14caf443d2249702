/** Every setting of the model in a small panel; on phones it has the whole bar, for which there is no room there. */
import type { ReactNode } from "react";

import { type Offer, SettingControl, type Value, type Values, Line, ratioOf, sizeOf } from "@/features/catalog";
import { CHIP, Popover, RatioGlyph, SettingsIcon } from "@/ui";

import { SeedControl } from "./SeedControl";
import { ShapeChoice } from "./ShapeChoice";
import { SizeControl } from "./SizeControl";

interface Props {
  offer: Offer;
  values: Values;
  count: number;
  onChange: (name: string, value: Value | undefined) => void;
  /** What phones have nowhere else: the model, the operation, how many. */
  more: ReactNode;
}

export function SettingsPopover({ offer, values, count, onChange, more }: Props) {
  const { form } = offer;
  const changed = Object.keys(values).filter((name) => name !== "aspectRatio" && name !== "height").length;
  const ratio = ratioOf(form, values);
  const size = sizeOf(form, values);
  return (
    <Popover
      label="Settings"
      className="sm:w-[340px]"
      button={{ className: `${CHIP} max-sm:min-w-0 max-sm:shrink` }}
      face={
        <>
          <span className="sr-only">Settings</span>
          <span className="flex min-w-0 items-center gap-2 sm:hidden">
            <span className="truncate">{offer.modelTitle}</span>
            {ratio !== undefined && <RatioGlyph ratio={size ? `${size.width}:${size.height}` : ratio} />}
            <span className="tabular-nums">×{count}</span>
          </span>
          <span className="max-sm:hidden">
            <SettingsIcon />
          </span>
          {changed > 0 && <small title={`${changed} changed`} className="rounded-round bg-lamp-tint px-1.5 text-small text-lamp tabular-nums">{changed}</small>}
        </>
      }
    >
      {() => (
        <div className="grid gap-4">
          <div className="grid gap-4 sm:hidden">{more}</div>
          {form.ratios.length > 1 && (
            <Line title="Shape">
              <ShapeChoice form={form} values={values} onChange={onChange} isWhole />
            </Line>
          )}
          <SizeControl form={form} values={values} onChange={onChange} />
          {form.settings.map((setting) => (
            <SettingControl key={setting.name} setting={setting} values={values} onChange={onChange} />
          ))}
          {form.takesSeed && <SeedControl values={values} onChange={onChange} />}
        </div>
      )}
    </Popover>
  );
}

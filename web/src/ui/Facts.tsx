/** What is known of something, line by line: names on the left, values on the right. */
import type { ReactNode } from "react";

export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-[84px_minmax(0,1fr)] items-baseline gap-y-[9px] text-small">{children}</dl>;
}

/** A fact that is not known takes no line. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === null || children === undefined || children === false) return null;
  return (
    <>
      <dt className="text-ink3">{name}</dt>
      <dd className="flex min-w-0 items-baseline gap-1 tabular-nums wrap-anywhere">{children}</dd>
    </>
  );
}

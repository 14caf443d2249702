/** Film that tore: what went wrong in plain words, and the way out. */
import type { ReactNode } from "react";

interface Props {
  title: string;
  children?: ReactNode;
  /** What to do about it. */
  action?: ReactNode;
  /** Read out at once; a failure that was there before is not. */
  isNews?: boolean;
}

export function Torn({ title, children, action, isNews = false }: Props) {
  return (
    <div
      role={isNews ? "alert" : undefined}
      className="torn grid min-h-[104px] w-full max-w-[560px] content-center justify-items-start gap-1 rounded-frame border-l-2 border-grease bg-well py-4 pr-8 pl-4"
    >
      <p className="font-strong text-ink">{title}</p>
      {children && <div className="text-ink2">{children}</div>}
      {action && <div className="mt-2">{action}</div>}
    </div>
  );
}

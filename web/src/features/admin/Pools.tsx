/** Pools: a provider, the models within it, how full each is, and why one gives nothing out. */
import { formatElapsed } from "@/lib/format";
import type { Pool } from "@/sdk";
import { Meter } from "@/ui";

import { fillOf } from "./queue";
import { Sheet } from "./Sheet";

const COLUMNS = [
  { name: "pool" },
  { name: "running" },
  { name: "room", isNumber: true, isLess: true },
  { name: "abroad", isNumber: true, isLess: true },
  { name: "adrift", isNumber: true, isLess: true },
  { name: "state" },
];

export function Pools({ pools }: { pools: readonly Pool[] }) {
  return (
    <Sheet
      title="Pools"
      count={pools.length}
      columns={COLUMNS}
      empty="None yet: a pool is there with the first order of its model."
      rows={pools.map((pool) => ({
        key: pool.name,
        cells: {
          pool: (
            <span className={`wrap-anywhere ${pool.within === null ? "font-strong" : "pl-3 text-ink2"}`}>
              {pool.name}
            </span>
          ),
          running: <Running pool={pool} />,
          room: pool.room ?? <span className="text-ink3">any</span>,
          abroad: pool.abroad > 0 ? pool.abroad : <span className="text-ink3">0</span>,
          adrift: pool.adrift > 0 ? pool.adrift : <span className="text-ink3">0</span>,
          state: <Flow pool={pool} />,
        },
      }))}
    />
  );
}

function Running({ pool }: { pool: Pool }) {
  const fill = fillOf(pool);
  const said = pool.cap === null ? `${pool.running}` : `${pool.running} of ${pool.cap}`;
  return (
    <span className="grid min-w-20 grid-cols-[minmax(0,1fr)] items-center gap-1.5 sm:grid-cols-[72px_minmax(0,180px)]">
      <span>{said}</span>
      {fill === null ? (
        <span className="text-small text-ink3 max-sm:hidden">no cap</span>
      ) : (
        <Meter label={`${pool.name}: ${said} running`} lit={fill.lit} held={fill.held} />
      )}
    </span>
  );
}

function Flow({ pool }: { pool: Pool }) {
  switch (pool.flow) {
    case "paused":
      return (
        <span className="flex items-baseline gap-2 text-ink">
          <i aria-hidden="true" className="size-2 shrink-0 rounded-round bg-lamp shadow-[0_0_10px_1px_var(--lamp)]" />
          <span>
            Paused for {formatElapsed(pool.pausedSeconds * 1000)}
            <span className="text-ink2 max-sm:hidden">, {pool.probing ? "it keeps failing" : "as its provider asked"}</span>
          </span>
        </span>
      );
    case "stopped":
      return (
        <span className="flex items-baseline gap-2 text-ink">
          <i aria-hidden="true" className="size-2 shrink-0 rounded-round bg-grease" />
          <span>
            Stopped<span className="text-ink2 max-sm:hidden">: its cap is 0</span>
          </span>
        </span>
      );
    case "full":
      return (
        <span className="text-ink">
          Full<span className="text-ink2 max-sm:hidden">: the next waits for room</span>
        </span>
      );
    default:
      return <span className="text-ink3">Open</span>;
  }
}

/** Lanes: what each workspace has at each pool, the deepest first. */
import { formatElapsed } from "@/lib/format";
import type { Lane } from "@/sdk";

import { statesOfLanes } from "./queue";
import { Sheet } from "./Sheet";

const ON_A_PHONE = new Set(["ready", "running", "dead"]);

export function Lanes({ lanes }: { lanes: readonly Lane[] }) {
  const states = statesOfLanes(lanes);
  return (
    <Sheet
      title="Lanes"
      count={lanes.length}
      columns={[
        { name: "workspace" },
        { name: "pool", isLess: true },
        ...states.map((name) => ({ name, isNumber: true, isLess: !ON_A_PHONE.has(name) })),
        { name: "oldest", isNumber: true, isLess: true },
        { name: "weight", isNumber: true, isLess: true },
        { name: "at most", isNumber: true, isLess: true },
      ]}
      empty="None: nobody waits."
      rows={lanes.map((lane) => ({
        key: `${lane.workspaceId ?? "house"} ${lane.pool}`,
        cells: {
          workspace: (
            <span className="grid wrap-anywhere">
              {lane.workspaceName ?? "The house"}
              <span className="text-small text-ink2 sm:hidden">{lane.pool}</span>
              {lane.parked && <span className="text-small text-ink2">waits: it runs as much as it may</span>}
            </span>
          ),
          pool: <span className="wrap-anywhere text-ink2">{lane.pool}</span>,
          ...Object.fromEntries(states.map((state) => [state, <Count key={state} of={lane.tasks[state] ?? 0} isLit={state === "running"} />])),
          oldest: lane.oldestReadySeconds > 0 ? formatElapsed(lane.oldestReadySeconds * 1000) : <span className="text-ink3">none</span>,
          weight: lane.weight,
          "at most": lane.cap ?? <span className="text-ink3">any</span>,
        },
      }))}
    />
  );
}

function Count({ of, isLit }: { of: number; isLit: boolean }) {
  return <span className={of === 0 ? "text-ink3" : isLit ? "text-lamp" : ""}>{of.toLocaleString("en")}</span>;
}

/** Workers: the processes that carry tasks out, and what is left of their lease. */
import { formatElapsed } from "@/lib/format";
import type { Worker } from "@/sdk";

import { Sheet } from "./Sheet";

const COLUMNS = [
  { name: "host" },
  { name: "pid", isNumber: true },
  { name: "running", isNumber: true },
  { name: "up for", isNumber: true, isLess: true },
  { name: "lease", isNumber: true },
];

export function Workers({ workers, at }: { workers: readonly Worker[]; at: string }) {
  return (
    <Sheet
      title="Workers"
      count={workers.length}
      columns={COLUMNS}
      empty="None: nothing is carried out until a worker runs."
      rows={workers.map((worker) => ({
        key: worker.id,
        cells: {
          host: <span className="wrap-anywhere">{worker.host}</span>,
          pid: worker.pid,
          running: worker.running > 0 ? <span className="text-lamp">{worker.running}</span> : <span className="text-ink3">0</span>,
          "up for": formatElapsed(Date.parse(at) - Date.parse(worker.startedAt)),
          lease: worker.leaseSeconds > 0 ? `${formatElapsed(worker.leaseSeconds * 1000)} left` : <span className="text-grease">Ended: silent</span>,
        },
      }))}
    />
  );
}

// Looks at the queue with BullMQ's Node edition, or takes one job from it as a worker that knows nothing of DayGen.
import { Queue, Worker } from "bullmq";

const [what, address] = process.argv.slice(-2);
const { hostname, port } = new URL(address);
const connection = { host: hostname, port: Number(port) };

if (what === "see") {
  const queue = new Queue("daygen", { connection });
  const shown = (jobs) => jobs.map(({ id, name, data }) => ({ id, name, data }));
  const counts = await queue.getJobCounts("waiting", "active", "failed");
  const [waiting, active] = [shown(await queue.getWaiting()), shown(await queue.getActive())];
  console.log(JSON.stringify({ counts, waiting, active }));
  await queue.close();
} else {
  const data = await new Promise((resolve) => {
    const worker = new Worker("daygen", async (job) => job.data, { connection });
    worker.once("completed", (job) => worker.close().then(() => resolve(job.data)));
  });
  console.log(JSON.stringify(data));
}

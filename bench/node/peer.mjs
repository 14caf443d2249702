// BullMQ on Node: tasks in Redis. Asked the same questions as the peers in Python (bench/peers/common.py).
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";

const NAME = "bench";
const CHUNK = 1000;
const FORGET = { removeOnComplete: true }; // its quickest: nothing is kept of what is done
const PAUSE_MS = [20, 40]; // as in bench/watch.py

// The system's clock in seconds, finer than the whole milliseconds of Date.
const clock = () => (performance.timeOrigin + performance.now()) / 1000;
const since = (began) => (performance.now() - began) / 1000;

const percentile = (sorted, share) => sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)];

function spreadOf(times) {
  const sorted = [...times].sort((a, b) => a - b);
  return Object.fromEntries([50, 95, 99].map((share) => [`p${share}_ms`, percentile(sorted, share / 100)]));
}

class Peer {
  constructor(url) {
    // A worker blocks on its connection, and BullMQ asks for this setting then.
    this.connect = () => new Redis(url, { maxRetriesPerRequest: null });
    this.queue = new Queue(NAME, { connection: this.connect() });
    this.started = [];
  }

  async put({ seconds, atOnce }) {
    const times = [];
    const began = performance.now();
    const oneAfterTheOther = async () => {
      while (since(began) < seconds) {
        const before = performance.now();
        await this.queue.add(NAME, { number: times.length }, FORGET);
        times.push(performance.now() - before);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, oneAfterTheOther));
    return { per_s: times.length / since(began), ...spreadOf(times) };
  }

  async drain({ tasks, seconds, atOnce }) {
    for (let start = 0; start < tasks; start += CHUNK) {
      const numbers = Array.from({ length: Math.min(CHUNK, tasks - start) }, (_, index) => start + index);
      await this.queue.addBulk(numbers.map((number) => ({ name: NAME, data: { number }, opts: FORGET })));
    }
    let done = 0;
    const began = performance.now();
    await new Promise((resolve) => {
      const late = setTimeout(resolve, seconds * 1000);
      this.begin(atOnce, () => {
        done += 1;
        if (done === tasks) {
          clearTimeout(late);
          resolve();
        }
      });
    });
    return { per_s: done / since(began), done };
  }

  async send({ tasks }) {
    const moments = [];
    for (let number = 0; number < tasks; number += 1) {
      moments.push([number, clock()]);
      await this.queue.add(NAME, { number }, FORGET);
      await sleep(PAUSE_MS[0] + Math.random() * (PAUSE_MS[1] - PAUSE_MS[0]));
    }
    return { moments };
  }

  async work({ atOnce }) {
    this.begin(atOnce, (number) => this.started.push([number, clock()]));
    await this.worker.waitUntilReady();
    return {};
  }

  async report({ tasks }) {
    while (this.started.length < tasks) await sleep(10); // whoever asks has the patience for it, and an end to that
    return { moments: this.started };
  }

  begin(atOnce, handle) {
    const carryOut = async (job) => handle(job.data.number);
    this.worker = new Worker(NAME, carryOut, { connection: this.connect(), concurrency: atOnce });
  }
}

let peer;
for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  peer ??= new Peer(question.at);
  process.stdout.write(`${JSON.stringify(await peer[question.do](question))}\n`);
}

// graphile-worker with its local queue and batched completion: the best of what was tried.
// Arguments: fill, work, write, or wait for single jobs; the database's URL; how many records.
import readline from "node:readline";
import graphileLogger from "@graphile/logger";
import { makeWorkerUtils, run } from "graphile-worker";
import pg from "pg";

const [mode, connectionString, count] = process.argv.slice(2);
const records = Number(count);
const concurrency = 24;
const logger = new graphileLogger.Logger(() => (level, message) => {
  if (level === "error") console.error(message);
});
// For single jobs its defaults are better.
const batches = mode === "wait" ? {} : { completeJobBatchDelay: 0, failJobBatchDelay: 0, localQueue: { size: 500 } };
const worker = {
  connectionString,
  logger,
  maxPoolSize: concurrency + 2,
  pollInterval: 2000,
  concurrentJobs: concurrency,
  ...batches,
};

const payload = i => ({
  id: i,
  flow: "orders",
  customer: `c-${i % 1000}`,
  amount: ((i * 7) % 10000) + 0.5,
  note: "a small payload of text",
});

if (mode === "fill") {
  const utils = await makeWorkerUtils({ preset: { worker }, logger });
  await utils.migrate();
  for (let from = 0; from < records; from += 1000) {
    const chunk = [];
    for (let i = from; i < Math.min(records, from + 1000); i++) chunk.push({ identifier: "order", payload: payload(i) });
    await utils.addJobs(chunk);
  }
  process.exit(0);
}

let handled = 0;
let again = 0;
let firstMicros = 0;
const seen = new Uint8Array((records >> 3) + 1);
const tell = id => {
  const bit = 1 << (id & 7);
  if (seen[id >> 3] & bit) again++;
  seen[id >> 3] |= bit;
  handled++;
};
const micros = () => Math.round((performance.timeOrigin + performance.now()) * 1000);
const results = mode === "write" ? new pg.Pool({ connectionString, max: 10 }) : null;
const order = async job => {
  firstMicros ||= micros();
  await results.query({ name: "write", text: "insert into results (id, value) values ($1, $2)", values: [job.id, "done"] });
  tell(job.id);
};
const noop = job => {
  firstMicros ||= micros();
  tell(job.id);
};
const timed = job => console.log(`AT ${job.id} ${micros()}`);
const tasks = { work: noop, write: order, wait: timed };

const lines = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
console.log("READY");
await lines.next();
let told = -1;
let quiet = 0;
setInterval(() => {
  if (!firstMicros) return;
  quiet = handled === told ? quiet + 1 : 0;
  told = handled;
  if (quiet === 0) console.log(`DONE ${handled} ${firstMicros}`);
  if (quiet === 10) console.log(`SEEN ${handled} ${again} ${Buffer.from(seen).toString("base64")}`);
}, 50);
await run({ preset: { worker }, taskList: { order: tasks[mode] }, noHandleSignals: true });
await lines.next();
process.exit(0);

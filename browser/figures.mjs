// How fast every page of the demo answers and what a first load weighs, as a table
// for docs/benchmarks.md: `make pages`. Nothing is asserted. The clock wants an idle
// machine; the processor time of the service stands beside it for a busy one.
import { readdirSync, readFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { firstLoad } from "./first-load.mjs";
import { open } from "./world.mjs";

const asked = 40; // times for each page, one after another

// spent is the processor time of a process in ms, by the kernel's count for each thread
// (Linux); threads of Go stay until the process ends.
function spent(pid) {
  let ns = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
  return ns / 1e6;
}

const world = await open();
try {
  const { pages } = await world.crawl();
  const rows = [];
  const all = [];
  const seen = new Set();
  for (const visit of pages) {
    if (visit.status !== 200 || seen.has(`${visit.as} ${visit.route}`)) continue;
    seen.add(`${visit.as} ${visit.route}`);
    const took = [];
    const before = spent(world.pid);
    for (let n = 0; n < asked; n++) {
      const began = performance.now();
      await (await world.people[visit.as].get(visit.path)).arrayBuffer();
      took.push(performance.now() - began);
    }
    all.push(...took);
    const cpu = (spent(world.pid) - before) / asked;
    rows.push({ cpu, name: `${visit.route}${visit.as === "operator" ? "" : ` (${visit.as})`}`, took, load: await firstLoad(world, visit) });
  }
  const ms = (of, share) => [...of].sort((a, b) => a - b)[Math.min(of.length - 1, Math.ceil(of.length * share) - 1)].toFixed(1);
  const kb = (bytes) => (bytes / 1000).toFixed(1);
  const cpu = rows.map((r) => r.cpu);
  console.log(`load ${loadavg()[0].toFixed(1)} on ${cpus().length} processors\n\n| page | p50 ms | p95 ms | processor ms | page KB | first load KB |\n|---|--:|--:|--:|--:|--:|`);
  for (const r of rows.sort((a, b) => ms(b.took, 0.95) - ms(a.took, 0.95))) console.log(`| \`${r.name}\` | ${ms(r.took, 0.5)} | ${ms(r.took, 0.95)} | ${r.cpu.toFixed(1)} | ${kb(r.load.page)} | ${kb(r.load.all)} |`);
  console.log(`| **all** | **${ms(all, 0.5)}** | **${ms(all, 0.95)}** | **${ms(cpu, 0.5)}, 95 of 100 pages ${ms(cpu, 0.95)}** | | **${kb(Math.max(...rows.map((r) => r.load.all)))}** at most |`);
} finally {
  await world.close();
}

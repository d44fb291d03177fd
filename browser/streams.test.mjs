// Streams that tabs share, without a browser: a worker whose clock is the test's.
import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { pathToFileURL } from "node:url";

const scripts = new URL("../internal/console/assets/js/floor/", import.meta.url);

// port is a tab's end of a worker; what the worker says is told once it is asked for.
function port() {
  const said = [];
  return { said, start() {}, postMessage: (what) => said.push(what) };
}

const turn = () => new Promise((done) => setImmediate(done));

// played loads a script of the floor with the world it sees, and gives what it left there.
async function played(script, world, then) {
  const dir = await mkdtemp(join(tmpdir(), "streams-"));
  const real = Object.fromEntries(Object.keys(world).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]));
  try {
    await writeFile(join(dir, "package.json"), '{"type":"module"}');
    for (const name of ["stream.js", "shared.js", "shared-worker.js"]) await cp(new URL(name, scripts), join(dir, name));
    for (const [name, value] of Object.entries(world)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    await then(await import(pathToFileURL(join(dir, script))));
  } finally {
    for (const [name, was] of Object.entries(real)) {
      if (was) Object.defineProperty(globalThis, name, was);
      else delete globalThis[name];
    }
    await rm(dir, { recursive: true });
  }
}

test("a tab that was taken for gone is told so, and one that joins a stream that is cut as well", async () => {
  let at = 0;
  let look;
  let connect;
  const asked = [];
  const fetched = (address, { signal }) =>
    new Promise((_, no) => {
      const ask = { address, no };
      asked.push(ask);
      signal.addEventListener("abort", () => no(new Error("aborted")));
    });
  const world = { performance: { now: () => at }, setInterval: (f) => (look = f), fetch: fetched, addEventListener: (kind, f) => kind === "connect" && (connect = f), removeEventListener() {} };
  await played("shared-worker.js", world, async () => {
    const [a, b] = [port(), port()];
    connect({ ports: [a] });
    a.onmessage({ data: { join: "/events", headers: {} } });
    a.onmessage({ data: {} });
    assert.deepEqual(a.said, [{ lost: false }], "a beat is answered");
    at = 61_000; // its computer slept
    look();
    a.onmessage({ data: {} });
    assert.deepEqual(a.said.splice(0), [{ lost: false }, { lost: true }]);
    a.onmessage({ data: { join: "/events", headers: {} } });
    assert.equal(asked.length, 2);
    asked[1].no(new Error("no network"));
    await turn();
    assert.deepEqual(a.said.splice(0), [{ cut: true }]);
    connect({ ports: [b] });
    b.onmessage({ data: { join: "/events", headers: {} } });
    assert.deepEqual([a.said, b.said], [[], [{ cut: true }]]);
    a.onmessage({ data: { leave: true } });
    b.onmessage({ data: { leave: true } });
    await turn();
  });
});

test("a tab reads for itself once its worker has ended, and once a stream was refused it says nothing else", async () => {
  let beat;
  const made = [];
  const asked = [];
  class SharedWorker {
    constructor() {
      this.port = port();
      made.push(this);
    }
    addEventListener() {}
  }
  const fetched = (address, { signal }) => new Promise((_, no) => asked.push(address) && signal.addEventListener("abort", () => no(new Error("aborted"))));
  const world = { SharedWorker, setInterval: (f) => (beat = f), fetch: fetched, addEventListener() {}, removeEventListener() {} };
  await played("shared.js", world, async ({ shared }) => {
    const ups = [];
    const takes = { event() {}, up: (yes) => ups.push(yes), refused: (problem) => ups.push(problem) };
    const from = shared("/events", {}, takes);
    const { port: worker } = made[0];
    for (let n = 0; n < 9; n++) {
      beat();
      worker.onmessage({ data: { lost: false } });
    }
    assert.equal(asked.length, 0, "its worker is there");
    worker.said.length = 0;
    worker.onmessage({ data: { lost: true } });
    assert.deepEqual(worker.said.splice(0), [{ join: "/events", headers: {} }], "it does not join anew");
    for (let n = 0; n < 5; n++) beat();
    assert.deepEqual(asked, ["/events"]);
    from.again();
    assert.equal(worker.said.some((what) => what.join), false, "both read");
    from.end();

    ups.length = 0;
    const other = shared("/events", {}, takes);
    made[1].port.onmessage({ data: { refused: "no" } });
    other.rest();
    assert.deepEqual(ups, ["no"]);
    await turn();
  });
});

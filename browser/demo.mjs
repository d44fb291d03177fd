// The product under test: `waihu demo` on a port of its own with a fixed seed,
// and people who talk to it without a browser.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const binary = fileURLToPath(new URL("../bin/waihu", import.meta.url));
export const password = "a quiet demonstration";
const patience = 60_000; // for a year of three firms on a busy machine

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// startDemo gives the address of a running demo, and how to stop it. Nobody works there by
// themselves, so that pages do not change under who looks; with a floor, ten agents do.
export async function startDemo({ floor = false } = {}) {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run make build`);
  const port = await freePort();
  const child = spawn(binary, ["demo", "--seed", "1", "--listen", `127.0.0.1:${port}`, ...(floor ? [] : ["--still"])], { stdio: ["ignore", "pipe", "pipe"] });
  const kill = () => child.kill();
  process.on("exit", kill);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE"]) process.once(signal, () => process.exit(1)); // so that the demo ends with us
  let said = "";
  child.stderr.on("data", (d) => (said += d));
  const base = await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the demo is not up after ${patience / 1000} s: ${said}`)), patience);
    child.on("exit", (code) => reject(new Error(`the demo ended with ${code}: ${said}`)));
    child.stdout.on("data", (d) => {
      said += d;
      const at = said.match(/serves (http:\/\/\S+)/);
      if (!at) return;
      clearTimeout(late);
      resolve(at[1]);
    });
  });
  const stop = () =>
    new Promise((resolve) => {
      process.off("exit", kill);
      child.removeAllListeners("exit");
      child.on("exit", resolve);
      child.kill();
    });
  return { base, pid: child.pid, stop, said: () => said };
}

// Person talks to the product as a browser without a window would.
export class Person {
  constructor(base) {
    this.base = base;
    this.token = "";
  }

  // logIn leaves the session in this.token.
  async logIn(name) {
    const answer = await this.send("/login", new URLSearchParams({ email: `${name}@demo.example`, password }));
    const set = answer.headers.getSetCookie ? answer.headers.getSetCookie() : [answer.headers.get("set-cookie") ?? ""];
    const token = set.join(";").match(/__Host-waihu=([^;]+)/);
    if (!token) throw new Error(`${name} could not log in: ${answer.status}`);
    this.token = token[1];
    return this;
  }

  headers(more) {
    return { ...(this.token && { Cookie: `__Host-waihu=${this.token}` }), ...more };
  }

  get(path, more) {
    return fetch(this.base + path, { redirect: "manual", headers: this.headers(more) });
  }

  send(path, body) {
    return fetch(this.base + path, { method: "POST", redirect: "manual", headers: this.headers(), body });
  }

  // api asks the interface for programs and wants it to agree.
  async api(method, path, { company, type = "application/json", once, body } = {}) {
    const headers = this.headers({ "Content-Type": type, ...(company && { "Waihu-Company": company }), ...(once && { "Idempotency-Key": once }) });
    const answer = await fetch(`${this.base}/v1${path}`, { method, headers, body: typeof body === "object" && type === "application/json" ? JSON.stringify(body) : body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  // done waits for a job of the interface.
  async done(job, company) {
    for (let tries = 0; tries < 100; tries++) {
      const at = await this.api("GET", `/jobs/${job}`, { company });
      if (at.state === "done") return at;
      if (at.state === "failed") throw new Error(`${job} failed: ${JSON.stringify(at)}`);
      await new Promise((again) => setTimeout(again, 100));
    }
    throw new Error(`${job} is not done after 10 s`);
  }
}

// A stream that tabs of this browser share (shared-worker.js). It is joined anew with all
// that wakes a page, so that nothing is older here than at the server.
import { stream } from "./stream.js";

const beat = 15_000; // so that the worker knows that this tab is there, and the other way round
const patience = 4; // beats without an answer: the worker has ended

// shared reads an address as stream does; where tabs cannot share, each reads for itself.
export function shared(address, headers, takes) {
  let worker;
  try {
    worker = new SharedWorker(new URL("./shared-worker.js", import.meta.url), { type: "module", name: "waihu floor" });
  } catch {
    return stream(address, headers, takes); // this browser has none
  }
  let alone = null; // the stream of its own, where the worker does not begin
  let there = false; // joined
  let ended = false;
  let unanswered = 0; // beats
  let isUp = null;
  const told = (yes) => {
    if (isUp === yes) return;
    isUp = yes;
    takes.up(yes);
  };
  const join = () => {
    if (ended || alone) return;
    there = true;
    worker.port.postMessage({ join: address, headers });
  };
  const leave = () => {
    there = false;
    worker.port.postMessage({ leave: true });
  };
  const byItself = () => {
    clearInterval(timer);
    if (ended || alone) return;
    const rests = !there;
    leave(); // where only something in it failed, it reads no more for this tab
    alone = stream(address, headers, takes);
    if (rests) alone.rest();
  };
  const timer = setInterval(() => {
    if (!there) return;
    if (unanswered++ === patience) return byItself();
    worker.port.postMessage({});
  }, beat);
  worker.addEventListener("error", byItself);
  worker.port.onmessage = ({ data }) => {
    unanswered = 0;
    if (!there) return; // it was under way when this tab left
    if (data.kind) {
      takes.event(data.kind, data.data);
      told(true);
    } else if (data.cut) told(false);
    else if (data.lost) join();
    else if (data.refused) {
      [ended, there] = [true, false];
      clearInterval(timer);
      takes.refused(data.refused);
    }
  };
  addEventListener("pagehide", () => there && leave());
  addEventListener("pageshow", (e) => e.persisted && !document.hidden && join());
  join();
  return {
    again: () => (alone ? alone.again() : join()),
    rest() {
      if (alone) return alone.rest();
      if (ended) return;
      leave();
      told(false);
    },
    end() {
      ended = true;
      clearInterval(timer);
      if (alone) return alone.end();
      leave();
    },
  };
}

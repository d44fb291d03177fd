// One stream for all tabs of a browser that look at the same: a browser has six
// connections to a server, and each board on a screen would take one.
import { stream } from "./stream.js";

const beats = 15_000; // between two looks at who is still there
const patience = 60_000; // for a tab that says nothing: it was closed, or its computer sleeps
const streams = new Map(); // by address and headers
const readers = new Map(); // ports, with what they read and when they were heard last

function leave(port) {
  const of = readers.get(port)?.of;
  if (!of) return;
  readers.get(port).of = null;
  of.ports.delete(port);
  if (of.ports.size > 0) return;
  of.stream.end();
  streams.delete(of.key);
}

// join begins to tell a tab. What is read already is read anew: it comes whole, to all.
function join(port, address, headers) {
  leave(port);
  const key = JSON.stringify([address, headers]);
  let of = streams.get(key);
  if (of) {
    of.stream.again();
    if (of.cut) port.postMessage({ cut: true }); // the others know
  } else {
    of = { key, ports: new Set(), cut: false };
    const tell = (what) => of.ports.forEach((p) => p.postMessage(what));
    streams.set(key, of);
    of.stream = stream(address, headers, {
      event: (kind, data) => tell({ kind, data }),
      up(yes) {
        of.cut = !yes;
        if (of.cut) tell({ cut: true });
      },
      refused(problem) {
        tell({ refused: problem });
        of.ports.forEach(leave);
      },
    });
  }
  of.ports.add(port);
  readers.get(port).of = of;
}

addEventListener("connect", ({ ports: [port] }) => {
  readers.set(port, { of: null, heard: performance.now() });
  port.onmessage = ({ data }) => {
    readers.set(port, { of: readers.get(port)?.of ?? null, heard: performance.now() });
    if (data.join) join(port, data.join, data.headers);
    else if (data.leave) leave(port);
    else port.postMessage({ lost: !readers.get(port).of }); // it was taken for gone
  };
  port.start();
});

setInterval(() => {
  for (const [port, { heard }] of readers) {
    if (performance.now() - heard < patience) continue;
    leave(port);
    readers.delete(port);
  }
}, beats);

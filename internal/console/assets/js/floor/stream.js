// Events of the server, read until told to stop: what comes is the state as it is now,
// and after a gap it comes whole, so nothing is remembered here. It touches no page, so that
// a worker can read as well.

const silence = 20_000; // the server says something every 15 s
const waits = [250, 500, 1_000, 2_000, 4_000]; // before trying again
const final = new Set([400, 401, 403, 404, 409]); // trying again gives the same

// stream reads an address. event gets each event's kind and its data as text; up is told true
// when the first state has come and false when the stream is cut; refused gets the problem
// that ends it for good.
export function stream(address, headers, { event, up, refused }) {
  let stop = null; // of what is read; null: it rests
  let tries = 0;
  let timer = 0;
  let ended = false;
  let isUp = null; // neither was told yet

  const told = (yes) => {
    if (isUp === yes) return;
    isUp = yes;
    up(yes);
  };

  async function read() {
    const mine = (stop = new AbortController());
    let quiet = 0;
    const heard = () => {
      clearTimeout(quiet);
      quiet = setTimeout(() => mine.abort(), silence);
    };
    try {
      heard();
      const answer = await fetch(address, { headers: { ...headers, Accept: "text/event-stream" }, cache: "no-store", signal: mine.signal });
      if (final.has(answer.status)) {
        const problem = await answer.json().catch(() => ({ code: String(answer.status) }));
        if (stop !== mine) return;
        ended = true;
        refused(problem);
        return;
      }
      if (!answer.ok) throw new Error(answer.status);
      await pieces(answer.body, heard, (kind, data) => {
        if (stop !== mine) return;
        event(kind, data);
        tries = 0;
        told(true);
      });
    } catch {
      // cut off: it is told below, and tried again
    } finally {
      clearTimeout(quiet);
    }
    if (ended || stop !== mine) return;
    told(false);
    timer = setTimeout(read, waits[Math.min(tries++, waits.length - 1)]);
  }

  function quit() {
    const mine = stop;
    stop = null; // so that it is not tried again
    clearTimeout(timer);
    mine?.abort();
  }
  function again() {
    if (ended) return;
    quit();
    read();
  }
  function cut() {
    told(false);
    stop?.abort();
  }
  addEventListener("online", again);
  addEventListener("offline", cut);
  read();
  return {
    again,
    rest() {
      if (ended) return;
      quit();
      told(false);
    },
    end() {
      ended = true;
      quit();
      removeEventListener("online", again);
      removeEventListener("offline", cut);
    },
  };
}

// pieces takes a stream apart into events.
async function pieces(body, heard, event) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    heard();
    rest += value;
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      const lines = rest.slice(0, end).split("\n");
      rest = rest.slice(end + 2);
      const of = (name) => lines.filter((l) => l.startsWith(`${name}: `)).map((l) => l.slice(name.length + 2)).join("\n");
      if (of("event")) event(of("event"), of("data"));
    }
  }
}

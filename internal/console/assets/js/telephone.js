// The telephone of an agent: it logs in with a pass of minutes, calls planned calls by
// their names, and plays what comes. The part that speaks SIP is fetched when the
// telephone is switched on.

const box = document.getElementById("telephone");
if (box) {
  const part = (what) => box.querySelector(`[data-do="${what}"]`);
  const say = (word) => box.getAttribute(`data-say-${word}`) ?? word;
  const audio = new Audio();
  let phone = null; // switched on
  let call = null; // that goes on
  let ticking = 0;
  let renewing = 0;
  const ahead = 20; // seconds before a pass ends that another is taken

  const tones = { ready: "good", talking: "brand", held: "warn", calling: "info", ringing: "info", connecting: "info" };

  function show(state) {
    const badge = box.querySelector("[data-state]");
    badge.textContent = say(state);
    badge.className = `badge ${tones[state] ?? ""}`;
    const talking = state === "talking" || state === "held";
    part("on").hidden = Boolean(phone);
    part("off").hidden = !phone || Boolean(call);
    part("hangup").hidden = !call;
    for (const what of ["hold", "mute"]) part(what).hidden = !talking;
    box.querySelector("[data-keys]").hidden = !talking;
    for (const button of document.querySelectorAll("[data-call]")) button.disabled = Boolean(call);
  }

  function note(text) {
    box.querySelector("[data-note]").textContent = text;
  }

  // clock counts the talk from the answer on; false ends it.
  function clock(on) {
    const at = box.querySelector("[data-clock]");
    clearInterval(ticking);
    at.hidden = !on;
    if (!on) return;
    const began = performance.now();
    const tell = () => {
      const s = Math.floor((performance.now() - began) / 1000);
      at.querySelector("[data-time]").textContent = `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
    };
    tell();
    ticking = setInterval(tell, 1000);
  }

  async function pass() {
    const answer = await fetch(box.dataset.pass, { method: "POST", headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(say("no_pass"));
    return answer.json();
  }

  // on logs in, and gives the telephone once it is registered.
  async function on() {
    if (phone) return phone.ready;
    show("connecting");
    note("");
    const [{ default: JsSIP }, log] = await Promise.all([import(box.dataset.jssip), pass()]);
    const ua = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(log.socket)], uri: `sip:${log.user}@${log.host}`, password: log.secret, register_expires: 300, session_timers: true });
    const ready = new Promise((resolve, reject) => {
      ua.once("registered", resolve);
      ua.once("registrationFailed", () => reject(new Error(say("lost"))));
    });
    phone = { ua, host: log.host, ready, until: Date.now() + 1000 * log.seconds };
    renewing = setTimeout(renew, 1000 * (log.seconds - ahead));
    ua.on("disconnected", () => phone && note(say("lost")));
    ua.on("connected", () => note(""));
    ua.start();
    try {
      await ready;
      show("ready");
    } catch (error) {
      off();
      throw error;
    }
  }

  // renew takes another pass before this one ends: a telephone that went on registering
  // with it would fail, and too many failures shut out everybody behind one address.
  function renew() {
    if (call) renewing = setTimeout(renew, 1000);
    else {
      off();
      on().catch((error) => note(error.message));
    }
  }

  function off() {
    clearTimeout(renewing);
    phone?.ua.stop();
    phone = null;
    show("off");
  }

  const causes = { Busy: "busy", "No Answer": "no_answer", "Request Timeout": "no_answer", Rejected: "forbidden", "Not Found": "gone", Unavailable: "unavailable" };

  // why is the reason a call was refused for: the word we were told, or what its status means.
  function why(e) {
    const word = e.message?.reason_phrase?.toLowerCase().replaceAll(" ", "_") ?? "";
    if (/^[a-z_]+$/.test(word) && box.hasAttribute(`data-say-why_${word}`)) return `: ${say(`why_${word}`)}`;
    return causes[e.cause] ? `: ${say(causes[e.cause])}` : "";
  }

  // place calls a planned call by its name.
  async function place(name) {
    if (call) return;
    try {
      if (phone && phone.until < Date.now()) off(); // its log-in is worth nothing any more
      await on();
    } catch (error) {
      note(error.message);
      return;
    }
    const session = phone.ua.call(`sip:${name}@${phone.host}`, { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } });
    call = session;
    show("calling");
    note("");
    session.connection?.addEventListener("track", (e) => {
      audio.srcObject = e.streams[0] ?? new MediaStream([e.track]);
      audio.play().catch(() => {});
    });
    session.on("progress", () => show("ringing"));
    session.on("confirmed", () => (show("talking"), clock(true)));
    session.on("hold", (e) => e.originator === "local" && (pressed("hold", true), show("held")));
    session.on("unhold", (e) => e.originator === "local" && (pressed("hold", false), show("talking")));
    session.on("failed", (e) => over(e.cause === "User Denied Media Access" ? say("no_microphone") : `${say("refused")}${why(e)}`));
    session.on("ended", () => over(say("ended")));
  }

  function over(text) {
    call = null;
    audio.srcObject = null;
    clock(false);
    pressed("hold", false);
    pressed("mute", false);
    show(phone ? "ready" : "off");
    note(text);
  }

  function pressed(what, yes) {
    part(what).setAttribute("aria-pressed", String(yes));
  }

  const deeds = {
    on: () => on().catch((error) => note(error.message)),
    off,
    hangup: () => call?.terminate(),
    hold: () => call && (call.isOnHold().local ? call.unhold() : call.hold()),
    mute: () => {
      if (!call) return;
      const was = call.isMuted().audio;
      if (was) call.unmute({ audio: true });
      else call.mute({ audio: true });
      pressed("mute", !was);
    },
  };

  box.addEventListener("click", (e) => {
    const button = e.target.closest("button");
    if (button?.dataset.do) deeds[button.dataset.do]();
    if (button?.dataset.key) call?.sendDTMF(button.dataset.key, { transportType: "RFC2833", duration: 120, interToneGap: 80 });
  });
  document.addEventListener("click", (e) => {
    const button = e.target.closest("[data-call]");
    if (button) {
      button.disabled = true; // a planned call is placed once
      place(button.dataset.call).then(() => button.remove());
    }
  });
  addEventListener("pagehide", () => phone?.ua.stop());
}

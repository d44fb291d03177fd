// The telephone in the page: it calls the floor and stays on the line, hearing nothing
// until the floor joins it with somebody. What goes wrong is tried again, except what
// only a person can mend: that is said.
import { boot } from "./page.js";

const waits = [500, 1_000, 2_000, 4_000, 8_000, 15_000];
export const place = "floor"; // the name that is called
const look = 500; // between two looks at the sound
const wanted = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true }, video: false };
const denied = { NotAllowedError: "no_microphone", SecurityError: "no_microphone", NotFoundError: "no_device", OverconstrainedError: "no_device", NotReadableError: "device_busy", AbortError: "device_busy" };

// makeLine gives a telephone that is off. told is called with its state: off, asking,
// connecting, standing, weak, lost, or why a person must do something; heard with what
// the sound is like.
export function makeLine({ told, heard }) {
  const audio = new Audio();
  let state = "off";
  let wished = false;
  let microphone = null;
  let phone = null;
  let call = null;
  let tries = 0;
  let timer = 0;
  let muted = false;

  function become(to) {
    if (state === to) return;
    state = to;
    told(to);
  }

  async function listen() {
    if (microphone?.getAudioTracks()[0]?.readyState === "live") return;
    become("asking");
    if (!navigator.mediaDevices) throw Object.assign(new Error(), { name: "SecurityError" });
    microphone = await navigator.mediaDevices.getUserMedia(wanted);
    microphone.getAudioTracks()[0].addEventListener("ended", () => {
      drop();
      if (wished) become("no_device");
    });
  }

  async function pass() {
    const answer = await fetch(boot.pass, { method: "POST", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(8_000) });
    if (!answer.ok) throw Object.assign(new Error(), { name: answer.status < 500 && answer.status !== 429 ? "no_pass" : "lost" });
    return answer.json();
  }

  async function connect() {
    clearTimeout(timer);
    if (!wished || call) return;
    if (!boot.pass) return become("unable");
    try {
      await listen();
    } catch (e) {
      wished = false;
      return become(denied[e.name] ?? "device_busy");
    }
    become(tries > 0 ? "lost" : "connecting");
    try {
      const [{ default: JsSIP }, log] = await Promise.all([import(boot.jssip), pass()]);
      if (wished && !call) begin(JsSIP, log);
    } catch (e) {
      if (e.name !== "no_pass") return later();
      wished = false;
      become("no_pass");
    }
  }

  // begin calls the floor. The log-in is for minutes and the call for hours: nothing is
  // registered, so that no log-in that has ended is ever shown.
  function begin(JsSIP, log) {
    const ua = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(log.socket)], uri: `sip:${log.user}@${log.host}`, password: log.secret, register: false });
    phone = ua;
    const slow = setTimeout(() => phone === ua && state !== "standing" && (drop(), later()), 12_000);
    ua.once("connected", () => {
      if (phone !== ua || call) return;
      call = ua.call(`sip:${place}@${log.host}`, { mediaStream: microphone, pcConfig: { iceServers: [] } });
      const mine = call;
      const path = mine.connection;
      path?.addEventListener("track", (e) => {
        audio.srcObject = e.streams[0] ?? new MediaStream([e.track]);
        audio.play().catch(() => told("blocked"));
      });
      path?.addEventListener("connectionstatechange", () => {
        if (call !== mine) return;
        if (path.connectionState === "disconnected") become("weak");
        if (path.connectionState === "connected" && state === "weak") become("standing");
        if (path.connectionState === "failed") (drop(), later());
      });
      const over = (e) => {
        clearTimeout(slow);
        if (call !== mine) return;
        const why = e.message?.getHeader?.("Reason") ?? e.message?.reason_phrase ?? "";
        drop();
        if (/took over/.test(why)) {
          wished = false;
          become("taken");
        } else later();
      };
      mine.on("confirmed", () => {
        clearTimeout(slow);
        tries = 0;
        if (muted) mine.mute({ audio: true });
        become("standing");
      });
      mine.on("ended", over);
      mine.on("failed", over);
    });
    ua.start();
  }

  function drop() {
    const was = phone;
    const had = call;
    phone = call = null;
    audio.srcObject = null;
    try {
      had?.terminate();
    } catch {
      // it is over already
    }
    setTimeout(() => was?.stop(), 300); // after its last message is out
  }

  function later() {
    if (!wished) return become("off");
    become("lost");
    clearTimeout(timer);
    timer = setTimeout(connect, waits[Math.min(tries++, waits.length - 1)]);
  }

  let before = {};
  async function sound() {
    const path = call?.connection;
    if (!path || document.hidden) return;
    const all = [...(await path.getStats()).values()];
    const of = (type) => all.find((s) => s.type === type) ?? {};
    const [into, back, source] = [of("inbound-rtp"), of("remote-inbound-rtp"), of("media-source")];
    const got = (into.packetsReceived ?? 0) - (before.got ?? 0);
    const lost = (into.packetsLost ?? 0) - (before.lost ?? 0);
    before = { got: into.packetsReceived ?? 0, lost: into.packetsLost ?? 0 };
    heard({ level: muted ? 0 : Math.round(100 * Math.min(1, 3 * (source.audioLevel ?? 0))), muted, got, loss: got + lost > 0 ? Math.max(0, lost) / (got + lost) : 0, there: back.fractionLost ?? 0, trip: back.roundTripTime });
  }
  setInterval(() => sound().catch(() => {}), look);

  const retry = () => wished && !call && (tries = 0, connect());
  addEventListener("online", retry);
  navigator.mediaDevices?.addEventListener("devicechange", () => ["no_device", "device_busy"].includes(state) && on());
  addEventListener("pagehide", drop);

  function on() {
    wished = true;
    tries = 0;
    return connect();
  }
  return {
    get state() {
      return state;
    },
    get muted() {
      return muted;
    },
    on,
    off() {
      wished = false;
      clearTimeout(timer);
      drop();
      microphone?.getTracks().forEach((t) => t.stop());
      microphone = null;
      become("off");
    },
    mute(yes) {
      muted = yes;
      if (yes) call?.mute({ audio: true });
      else call?.unmute({ audio: true });
    },
    hear: () => audio.play().catch(() => {}),
  };
}

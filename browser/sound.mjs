// What a page hears and says: the paths of its sound, kept from its first script on.

// hearing lets a page keep its paths as window.paths; to be asked for before it is opened.
export const hearing = (page) =>
  page.addInitScript(() => {
    const Real = window.RTCPeerConnection;
    window.paths = [];
    window.RTCPeerConnection = function (...args) {
      const path = new Real(...args);
      window.paths.push(path);
      return path;
    };
  });

// heard waits until sound has come to the page.
export const heard = (page) =>
  page.waitForFunction(async () => {
    const all = await Promise.all(window.paths.map((p) => p.getStats()));
    return all.some((stats) => [...stats.values()].some((s) => s.type === "inbound-rtp" && s.totalAudioEnergy > 0.001));
  });

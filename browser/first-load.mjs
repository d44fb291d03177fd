// How many bytes somebody fetches who opens a page for the first time.
export const budget = 150_000; // packed, without fonts, which browsers keep for good

// firstLoad gives bytes as they came over the wire, of the page and all.
export async function firstLoad(world, visit) {
  const tab = await world.tab(visit.as);
  try {
    const got = [];
    tab.page.on("requestfinished", (r) => r.resourceType() !== "font" && got.push(r));
    await tab.page.goto(visit.path, { waitUntil: "load" });
    const sizes = await Promise.all(got.map(async (r) => ({ kind: r.resourceType(), bytes: (await r.sizes()).responseBodySize })));
    const sum = (of) => of.reduce((n, s) => n + s.bytes, 0);
    return { page: sum(sizes.filter((s) => s.kind === "document")), all: sum(sizes) };
  } finally {
    await tab.close();
  }
}

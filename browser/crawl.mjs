// Finds the pages of the console as a visitor does: from the side bar and from
// links, by plain requests. Of each route the first addresses found are kept.
import { plain } from "./furnish.mjs";
import { routeOf, routes } from "./routes.mjs";
import { visits } from "./visits.mjs";

const most = 600; // requests of a walk; the demo needs some hundred

// crawl gives pages {path, as, status, route} and files {path, as}, what was wrong
// on the way, and routes that nothing led to.
export async function crawl(people, made) {
  const pages = [];
  const files = [];
  const wrong = [];
  const seen = new Set();
  const queue = visits(made).map((v) => ({ as: "operator", status: 200, ...v }));
  for (const v of queue) seen.add(`${v.as} ${v.path}`);
  for (let n = 0; queue.length > 0; n++) {
    if (n === most) throw new Error(`more than ${most} addresses: the walk goes in circles`);
    const visit = queue.shift();
    const answer = await people[visit.as].get(visit.path);
    if (answer.status !== visit.status) {
      wrong.push(`${visit.path} as ${visit.as}: ${answer.status}, want ${visit.status}${visit.from ? `; ${visit.from} links there` : ""}`);
      continue;
    }
    const route = visit.status === 404 ? "/" : routeOf(visit.path);
    const body = await answer.text();
    if (visit.status === 303 || !/^text\/html/.test(answer.headers.get("content-type")) || /^attachment/.test(answer.headers.get("content-disposition"))) {
      files.push({ ...visit, route });
      continue;
    }
    pages.push({ ...visit, route });
    for (const link of linksOf(body, visit.path)) {
      const to = routeOf(link);
      const key = `${visit.as} ${keyOf(to, link)}`;
      if (to === "") wrong.push(`${visit.path} links to ${link}, which is no page`);
      if (to === "" || to === "/{$}" || visit.as === "nobody" || seen.has(key) || seen.has(`${visit.as} ${link}`)) continue;
      seen.add(key);
      queue.push({ path: link, as: visit.as, status: 200, from: visit.path });
    }
  }
  return { pages, files, wrong, missed: routes.filter((r) => r !== "/{$}" && ![...pages, ...files].some((p) => p.route === r)) };
}

// keyOf is what is looked at once: a route, and each form of a file apart.
function keyOf(route, link) {
  return /\{(file|form)\}$/.test(route) ? `${route} ${link.split("/").pop()}` : route;
}

function linksOf(html, from) {
  const out = [];
  for (const [, href] of html.matchAll(/<a\s[^>]*?href="([^"]*)"/g)) {
    const to = new URL(plain(href), `http://x${from}`);
    if (to.host === "x") out.push(to.pathname + to.search);
  }
  return out;
}

// Addresses that no link of the side bar leads to, in the order they are looked at.
// A new page that is linked from another one needs no line; a new page that is
// not needs one.
//
// Each line: the address, as whom it is looked at where not as the operator, and
// the status where it is not 200.
export const people = ["operator", "finance", "floor", "minutes", "modules"];

export const visits = (made) => [
  { path: made.firms.floor },
  { path: made.firms.minutes },
  { path: made.firms.modules },
  { path: "/", status: 303 },
  { path: "/login", as: "nobody" },
  ...[1, 2, 3, 4, 5, 6].map((stop) => ({ path: `/tour/${stop}`, status: 303 })),
  { path: "/nowhere", status: 404 },
  { path: "/nowhere", status: 404, as: "nobody" },
  { path: "/compare", as: "nobody" },
  { path: made.compare },
  { path: `${made.compare}/step?volume=20`, status: 303 },
  { path: made.audit },
  { path: made.quoted },
  { path: made.signed },
  { path: made.company },
  { path: `${made.company}/invoices` },
  { path: `${made.company}/contracts` },
  { path: `${made.company}/usage` },
  { path: `${made.company}/seats` },
  ...["/recordings", "/quality", "/quality/forms", "/quality/calibrations", "/quality/report"].map((page) => ({ path: made.firms.modules + page })),
  { path: `${made.contract}/whatif?want=cancel` },
  { path: `${made.contract}/whatif?want=switch&to=floor-seats@2` },
  { path: `${made.contract}/amend?kind=module_on` },
  { path: `${made.contract}/amend?kind=text` },
  { path: "/plans/floor-seats@1/diff?to=floor-seats@2" },
  { path: "/plans/build?from=floor-seats@1" },
  ...made.deeds,
  { path: "/companies", status: 403, as: "floor" },
  { path: made.firms.floor, as: "floor" },
];

// apart are addresses that only exist where two people are wanted or nothing was
// set up, one's own scores, files of a brand's looks, and sound and drawings that a player
// asks for, which no link leads to. The tests of internal/console ask for them.
export const apart = [
  "/approvals/{approval}", "/c/{company}/approvals/{approval}", "/invitation",
  "/begin", "/begin/company", "/begin/contract", "/begin/plan", "/begin/usage",
  "/login/provider", "/login/provider/return",
  "/c/{company}/recordings/of", "/c/{company}/quality/mine/{inspection}",
  ...["/recordings/{recording}", "/quality/mine/{inspection}", "/prompts/{prompt}"].flatMap((of) => [`/c/{company}${of}/sound`, `/c/{company}${of}/peaks`]),
  "/c/{company}/campaigns/{campaign}/keys.csv", "/c/{company}/campaigns/{campaign}/keys.xlsx", // of a broadcast that was played: flows/broadcast.test.mjs
  "/c/{company}/wallboard/health", "/c/{company}/reports/ledger/record.csv", "/brand/preview.css", "/brand/{brand}/{revision}/{file}",
];

// What the navigation leads to: [words of a group, [[address, words, the call that opens it]]]. Shown is what the officer's roles may open.
export const NAV = [
  ["nav.work", [
    ["/", "nav.overview", null],
    ["/households", "households", "GET /officer/households"],
    ["/income", "nav.income", "GET /officer/income"],
  ]],
  ["nav.registry", [
    ["/imports", "nav.imports", "GET /officer/imports"],
    ["/accounts", "nav.accounts", "GET /officer/accounts"],
    ["/trees", "trees", "GET /officer/trees/{code}"],
    ["/verifications", "nav.verifications", "GET /officer/verifications"],
    ["/year-reviews", "nav.reviews", "GET /officer/year-reviews"],
  ]],
  ["nav.money", [
    ["/payouts", "payouts", "GET /officer/payout-batches"],
    ["/reconciliations", "reconciliations", "GET /officer/reconciliations/{day}"],
    ["/incidents", "incidents", "GET /officer/incidents"],
    ["/months", "months", "GET /officer/months"],
  ]],
  ["nav.control", [
    ["/audit", "audit", "GET /officer/audit"],
    ["/exports", "exports", "GET /officer/period-exports"],
  ]],
  ["nav.people", [
    ["/people", "officers", "GET /officer/people"],
    ["/proposals", "proposals", "GET /officer/proposals"],
    ["/poverty-lines", "poverty", "GET /officer/poverty-lines"],
  ]],
];

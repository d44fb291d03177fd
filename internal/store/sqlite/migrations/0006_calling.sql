-- People to be called, what was tried, and whom nobody may call.

CREATE TABLE leads (
  company  BLOB NOT NULL,
  id       BLOB NOT NULL,
  list     BLOB NOT NULL,
  state    INTEGER NOT NULL, -- place in lead.States, from 1 on
  due      INTEGER NOT NULL, -- 0: at once, or nothing is due
  key      TEXT NOT NULL,    -- the company's own identifier
  revision INTEGER NOT NULL,
  body     BLOB NOT NULL,    -- JSON without id and list
  PRIMARY KEY (company, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX leads_due ON leads (company, list, state, due, id);
CREATE INDEX leads_key ON leads (company, key, id) WHERE key <> '';

CREATE TABLE lead_numbers (
  company BLOB NOT NULL,
  number  INTEGER NOT NULL, -- as phone.Number
  lead    BLOB NOT NULL,
  list    BLOB NOT NULL,
  PRIMARY KEY (company, number, lead)
) STRICT, WITHOUT ROWID;

CREATE TABLE lead_counts (
  company BLOB NOT NULL,
  list    BLOB NOT NULL,
  state   INTEGER NOT NULL,
  rule    TEXT NOT NULL, -- of those that are forbidden
  n       INTEGER NOT NULL,
  PRIMARY KEY (company, list, state, rule)
) STRICT, WITHOUT ROWID;

-- Numbers no campaign of the company calls.
CREATE TABLE dnc (
  company BLOB NOT NULL,
  number  INTEGER NOT NULL,
  rule    TEXT NOT NULL,
  source  TEXT NOT NULL,
  reason  TEXT NOT NULL,
  actor   TEXT NOT NULL,
  at      INTEGER NOT NULL,
  added   INTEGER NOT NULL,
  PRIMARY KEY (company, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE attempts (
  company  BLOB NOT NULL,
  id       BLOB NOT NULL,
  campaign BLOB NOT NULL,
  lead     BLOB NOT NULL,
  number   INTEGER NOT NULL,
  decided  INTEGER NOT NULL,
  state    INTEGER NOT NULL, -- 1: not over yet; 2: dialed and over; 3: never dialed
  body     BLOB NOT NULL,    -- JSON
  PRIMARY KEY (company, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_campaign ON attempts (company, campaign, id);
CREATE INDEX attempts_open ON attempts (company, campaign, id) WHERE state = 1;
CREATE INDEX attempts_lead ON attempts (company, lead, id);
CREATE INDEX attempts_number ON attempts (company, number, id);

-- People to be called, what was tried, and whom nobody may call.

CREATE TABLE leads (
  company  BYTEA NOT NULL,
  id       BYTEA NOT NULL,
  list     BYTEA NOT NULL,
  state    BIGINT NOT NULL, -- place in lead.States, from 1 on
  due      BIGINT NOT NULL, -- 0: at once, or nothing is due
  key      TEXT COLLATE "C" NOT NULL,    -- the company's own identifier
  revision BIGINT NOT NULL,
  body     BYTEA NOT NULL,    -- JSON without id and list
  PRIMARY KEY (company, id)
);
CREATE INDEX leads_due ON leads (company, list, state, due, id);
CREATE INDEX leads_key ON leads (company, key, id) WHERE key <> '';

CREATE TABLE lead_numbers (
  company BYTEA NOT NULL,
  number  BIGINT NOT NULL, -- as phone.Number
  lead    BYTEA NOT NULL,
  list    BYTEA NOT NULL,
  PRIMARY KEY (company, number, lead)
);

CREATE TABLE lead_counts (
  company BYTEA NOT NULL,
  list    BYTEA NOT NULL,
  state   BIGINT NOT NULL,
  rule    TEXT COLLATE "C" NOT NULL, -- of those that are forbidden
  n       BIGINT NOT NULL,
  PRIMARY KEY (company, list, state, rule)
);

-- Numbers no campaign of the company calls.
CREATE TABLE dnc (
  company BYTEA NOT NULL,
  number  BIGINT NOT NULL,
  rule    TEXT COLLATE "C" NOT NULL,
  source  TEXT COLLATE "C" NOT NULL,
  reason  TEXT COLLATE "C" NOT NULL,
  actor   TEXT COLLATE "C" NOT NULL,
  at      BIGINT NOT NULL,
  added   BIGINT NOT NULL,
  PRIMARY KEY (company, number)
);

CREATE TABLE attempts (
  company  BYTEA NOT NULL,
  id       BYTEA NOT NULL,
  campaign BYTEA NOT NULL,
  lead     BYTEA NOT NULL,
  number   BIGINT NOT NULL,
  decided  BIGINT NOT NULL,
  state    BIGINT NOT NULL, -- 1: not over yet; 2: dialed and over; 3: never dialed
  body     BYTEA NOT NULL,    -- JSON
  PRIMARY KEY (company, id)
);
CREATE INDEX attempts_campaign ON attempts (company, campaign, id);
CREATE INDEX attempts_open ON attempts (company, campaign, id) WHERE state = 1;
CREATE INDEX attempts_lead ON attempts (company, lead, id);
CREATE INDEX attempts_number ON attempts (company, number, id);

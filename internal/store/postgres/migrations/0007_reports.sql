-- What reports are made of: tries, calls and agents' time, counted as they are kept.

CREATE TABLE report_sums (
  company BYTEA NOT NULL,
  dim TEXT COLLATE "C" NOT NULL,      -- all, agent, trunk, caller, list, week, cause
  span BIGINT NOT NULL,  -- 1: half an hour; 2: a day of UTC, the sum of its half hours
  slot BIGINT NOT NULL,  -- half hours since 1970, of its beginning
  campaign TEXT COLLATE "C" NOT NULL,
  value TEXT COLLATE "C" NOT NULL,
  body BYTEA NOT NULL,     -- measures and costs, as package calling/report writes them
  PRIMARY KEY (company, dim, span, slot, campaign, value)
);

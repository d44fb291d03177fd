-- What reports are made of: tries, calls and agents' time, counted as they are kept.

CREATE TABLE report_sums (
  company BLOB NOT NULL,
  dim TEXT NOT NULL,      -- all, agent, trunk, caller, list, week, cause
  span INTEGER NOT NULL,  -- 1: half an hour; 2: a day of UTC, the sum of its half hours
  slot INTEGER NOT NULL,  -- half hours since 1970, of its beginning
  campaign TEXT NOT NULL,
  value TEXT NOT NULL,
  body BLOB NOT NULL,     -- measures and costs, as package calling/report writes them
  PRIMARY KEY (company, dim, span, slot, campaign, value)
) STRICT, WITHOUT ROWID;

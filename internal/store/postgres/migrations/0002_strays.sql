-- Facts that belong to no contract, with what a decision about them needs. A fact
-- that is given to a contract leaves.
CREATE TABLE strays (
  tenant  BYTEA NOT NULL,
  pk      BIGINT NOT NULL, -- of the fact: company and position
  kind    BIGINT NOT NULL, -- as its canonical form has it
  source  BYTEA NOT NULL,
  id      BYTEA NOT NULL,
  account BYTEA NOT NULL,
  reason  TEXT COLLATE "C" NOT NULL,
  start   BIGINT NOT NULL,
  stop    BIGINT NOT NULL, -- of a call its start; 0: open
  seconds BIGINT NOT NULL, -- of talk
  PRIMARY KEY (tenant, pk)
);

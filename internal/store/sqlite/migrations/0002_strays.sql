-- Facts that belong to no contract, with what a decision about them needs. A fact
-- that is given to a contract leaves.
CREATE TABLE strays (
  pk      INTEGER PRIMARY KEY, -- of the fact: company and position
  kind    INTEGER NOT NULL,    -- as its canonical form has it
  source  BLOB NOT NULL,
  id      BLOB NOT NULL,
  account BLOB NOT NULL,
  reason  TEXT NOT NULL,
  start   INTEGER NOT NULL,
  stop    INTEGER NOT NULL,    -- of a call its start; 0: open
  seconds INTEGER NOT NULL     -- of talk
) STRICT;

-- The books. Every key begins with the company: 16 bytes, or the short number
-- that companies gives it where rows are many.

CREATE TABLE clock (one INTEGER PRIMARY KEY CHECK (one = 1), at INTEGER NOT NULL) STRICT;
INSERT INTO clock VALUES (1, 0);

CREATE TABLE companies (
  key      INTEGER PRIMARY KEY CHECK (key < 1 << 22),
  id       BLOB NOT NULL UNIQUE,
  position INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Texts that many facts share, by number: sources, contracts, prices.
CREATE TABLE names (
  key     INTEGER PRIMARY KEY CHECK (key < 1 << 32),
  company INTEGER NOT NULL,
  kind    INTEGER NOT NULL,
  text    BLOB NOT NULL,
  UNIQUE (company, kind, text)
) STRICT;

CREATE TABLE records (
  company  BLOB NOT NULL,
  kind     TEXT NOT NULL,
  id       BLOB NOT NULL,
  revision INTEGER NOT NULL,
  body     BLOB NOT NULL,
  keys     BLOB NOT NULL, -- JSON of the keys below, so that reading needs no join
  created  INTEGER NOT NULL,
  updated  INTEGER NOT NULL,
  PRIMARY KEY (company, kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_unique (
  company BLOB NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY (company, kind, name, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_index (
  company BLOB NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, id BLOB NOT NULL,
  PRIMARY KEY (company, kind, name, value, id)
) STRICT, WITHOUT ROWID;

-- Calls are kept in a table a month, calls_202603, made when the month gets its first.
CREATE TABLE call_months (month INTEGER PRIMARY KEY) STRICT;

CREATE TABLE stretches (
  pk       INTEGER PRIMARY KEY, -- company and position, as of calls
  source   INTEGER NOT NULL,
  kind     INTEGER NOT NULL,
  id       BLOB NOT NULL,
  contract INTEGER NOT NULL,
  ended    INTEGER NOT NULL,    -- position at which it got its end; 0: it came as it is
  start    INTEGER NOT NULL,
  stop     INTEGER NOT NULL,    -- 0: open
  fact     BLOB NOT NULL,
  UNIQUE (source, kind, id)
) STRICT;
CREATE INDEX stretches_ended ON stretches (pk >> 40, ended) WHERE ended > 0;

-- A stretch is found by the UTC months it touches; 0 is "open".
CREATE TABLE stretch_months (
  company INTEGER NOT NULL, month INTEGER NOT NULL, pk INTEGER NOT NULL,
  PRIMARY KEY (company, month, pk)
) STRICT, WITHOUT ROWID;

-- The last position that concerned a month of a contract.
CREATE TABLE usage_months (
  contract INTEGER NOT NULL, month INTEGER NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (contract, month)
) STRICT, WITHOUT ROWID;

CREATE TABLE tallies (
  contract INTEGER NOT NULL, first INTEGER NOT NULL, price INTEGER NOT NULL,
  calls INTEGER NOT NULL, raw INTEGER NOT NULL, billed INTEGER NOT NULL, cost INTEGER NOT NULL,
  PRIMARY KEY (contract, first, price)
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
  company BLOB NOT NULL,
  seq     INTEGER NOT NULL,
  id      BLOB NOT NULL,
  at      INTEGER NOT NULL,
  kind    TEXT NOT NULL,
  ref     TEXT NOT NULL,
  note    TEXT NOT NULL,
  prev    BLOB NOT NULL,
  hash    BLOB NOT NULL,
  PRIMARY KEY (company, seq),
  UNIQUE (company, kind, ref)
) STRICT, WITHOUT ROWID;

CREATE TABLE postings (
  company BLOB NOT NULL, seq INTEGER NOT NULL, n INTEGER NOT NULL,
  account TEXT NOT NULL, currency TEXT NOT NULL, micros INTEGER NOT NULL,
  PRIMARY KEY (company, seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX postings_account ON postings (company, account, seq);

CREATE TABLE balances (
  company BLOB NOT NULL, account TEXT NOT NULL, currency TEXT NOT NULL, micros INTEGER NOT NULL,
  PRIMARY KEY (company, account, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
  company   BLOB NOT NULL,
  id        BLOB NOT NULL,
  kind      TEXT NOT NULL,
  contract  BLOB NOT NULL,
  of        BLOB NOT NULL,
  first     INTEGER NOT NULL,
  after     INTEGER NOT NULL,
  status    TEXT NOT NULL,
  series    TEXT NOT NULL,
  number    TEXT NOT NULL,
  currency  TEXT NOT NULL,
  total     INTEGER NOT NULL,
  paid      INTEGER NOT NULL,
  credited  INTEGER NOT NULL,
  issued_on INTEGER NOT NULL,
  due_on    INTEGER NOT NULL,
  dunned    INTEGER NOT NULL,
  position  INTEGER NOT NULL,
  revision  INTEGER NOT NULL,
  body      BLOB NOT NULL,
  seal      TEXT NOT NULL,
  created   INTEGER NOT NULL,
  updated   INTEGER NOT NULL,
  PRIMARY KEY (company, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX documents_number ON documents (company, number) WHERE number <> '';
CREATE INDEX documents_bills ON documents (company, contract, first) WHERE kind = 'invoice' AND status <> 'void';
CREATE INDEX documents_contract ON documents (company, contract, id);
CREATE INDEX documents_kind ON documents (company, kind, id);
CREATE INDEX documents_status ON documents (company, status, id);

CREATE TABLE series (
  company BLOB NOT NULL, series TEXT NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (company, series)
) STRICT, WITHOUT ROWID;

CREATE TABLE holds (
  company BLOB NOT NULL, wallet TEXT NOT NULL, call TEXT NOT NULL,
  currency TEXT NOT NULL, micros INTEGER NOT NULL, seconds INTEGER NOT NULL, until INTEGER NOT NULL,
  PRIMARY KEY (company, wallet, call)
) STRICT, WITHOUT ROWID;
CREATE INDEX holds_until ON holds (company, until);

CREATE TABLE once (
  company BLOB NOT NULL, key TEXT NOT NULL,
  request BLOB NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (company, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX once_at ON once (at);

CREATE TABLE outbox (
  company BLOB NOT NULL, id BLOB NOT NULL,
  channel TEXT NOT NULL, recipient TEXT NOT NULL, topic TEXT NOT NULL, body BLOB NOT NULL,
  due INTEGER NOT NULL, attempts INTEGER NOT NULL, error TEXT NOT NULL, state TEXT NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY (company, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (due) WHERE state = 'waiting';
CREATE INDEX outbox_state ON outbox (company, state, id);

CREATE TABLE leases (
  name TEXT PRIMARY KEY, node TEXT NOT NULL, until INTEGER NOT NULL, fence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  company BLOB NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL,
  actor TEXT NOT NULL, action TEXT NOT NULL, target TEXT NOT NULL, client TEXT NOT NULL, reason TEXT NOT NULL,
  before BLOB NOT NULL, after BLOB NOT NULL, prev BLOB NOT NULL, hash BLOB NOT NULL,
  PRIMARY KEY (company, seq)
) STRICT, WITHOUT ROWID;

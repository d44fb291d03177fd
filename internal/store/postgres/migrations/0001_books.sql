-- The books. Every key begins with the company: 16 bytes, or the short number
-- that companies gives it where rows are many.

CREATE TABLE companies (
  key      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (key < 1 << 22),
  id       BYTEA NOT NULL UNIQUE,
  position BIGINT NOT NULL DEFAULT 0,
  at       BIGINT NOT NULL DEFAULT 0 -- of its last transaction; to write it is to lock the company
);

-- Texts that many facts share, by number: sources, contracts, prices.
CREATE TABLE names (
  key     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY CHECK (key < 1::BIGINT << 32),
  company BIGINT NOT NULL,
  kind    BIGINT NOT NULL,
  text    BYTEA NOT NULL,
  UNIQUE (company, kind, text)
);

CREATE TABLE records (
  company  BYTEA NOT NULL,
  kind     TEXT COLLATE "C" NOT NULL,
  id       BYTEA NOT NULL,
  revision BIGINT NOT NULL,
  body     BYTEA NOT NULL,
  keys     BYTEA NOT NULL, -- JSON of the keys below, so that reading needs no join
  created  BIGINT NOT NULL,
  updated  BIGINT NOT NULL,
  PRIMARY KEY (company, kind, id)
);

CREATE TABLE record_unique (
  company BYTEA NOT NULL, kind TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, value TEXT COLLATE "C" NOT NULL, id BYTEA NOT NULL,
  PRIMARY KEY (company, kind, name, value)
);

CREATE TABLE record_index (
  company BYTEA NOT NULL, kind TEXT COLLATE "C" NOT NULL, name TEXT COLLATE "C" NOT NULL, value TEXT COLLATE "C" NOT NULL, id BYTEA NOT NULL,
  PRIMARY KEY (company, kind, name, value, id)
);

-- Calls are kept in a partition a month, calls_202603, made when the month gets
-- its first. Rows are read and written in the partition itself, whose indexes
-- are its own: by key, and by company and start.
CREATE TABLE calls (
  pk BIGINT NOT NULL, key BYTEA NOT NULL, contract BIGINT NOT NULL, start BIGINT NOT NULL, body BYTEA NOT NULL
) PARTITION BY RANGE (start);
CREATE TABLE call_months (month BIGINT PRIMARY KEY);

CREATE TABLE stretches (
  pk       BIGINT PRIMARY KEY, -- company and position, as of calls
  source   BIGINT NOT NULL,
  kind     BIGINT NOT NULL,
  id       BYTEA NOT NULL,
  contract BIGINT NOT NULL,
  ended    BIGINT NOT NULL,    -- position at which it got its end; 0: it came as it is
  start    BIGINT NOT NULL,
  stop     BIGINT NOT NULL,    -- 0: open
  fact     BYTEA NOT NULL,
  UNIQUE (source, kind, id)
);
CREATE INDEX stretches_ended ON stretches ((pk >> 40), ended) WHERE ended > 0;

-- A stretch is found by the UTC months it touches; 0 is "open".
CREATE TABLE stretch_months (
  company BIGINT NOT NULL, month BIGINT NOT NULL, pk BIGINT NOT NULL,
  PRIMARY KEY (company, month, pk)
);

-- The last position that concerned a month of a contract.
CREATE TABLE usage_months (
  contract BIGINT NOT NULL, month BIGINT NOT NULL, position BIGINT NOT NULL,
  PRIMARY KEY (contract, month)
);

CREATE TABLE tallies (
  contract BIGINT NOT NULL, first BIGINT NOT NULL, price BIGINT NOT NULL,
  calls BIGINT NOT NULL, raw BIGINT NOT NULL, billed BIGINT NOT NULL, cost BIGINT NOT NULL,
  PRIMARY KEY (contract, first, price)
);

CREATE TABLE entries (
  company BYTEA NOT NULL,
  seq     BIGINT NOT NULL,
  id      BYTEA NOT NULL,
  at      BIGINT NOT NULL,
  kind    TEXT COLLATE "C" NOT NULL,
  ref     TEXT COLLATE "C" NOT NULL,
  note    TEXT COLLATE "C" NOT NULL,
  prev    BYTEA NOT NULL,
  hash    BYTEA NOT NULL,
  PRIMARY KEY (company, seq),
  UNIQUE (company, kind, ref)
);

CREATE TABLE postings (
  company BYTEA NOT NULL, seq BIGINT NOT NULL, n BIGINT NOT NULL,
  account TEXT COLLATE "C" NOT NULL, currency TEXT COLLATE "C" NOT NULL, micros BIGINT NOT NULL,
  PRIMARY KEY (company, seq, n)
);
CREATE INDEX postings_account ON postings (company, account, seq);

CREATE TABLE balances (
  company BYTEA NOT NULL, account TEXT COLLATE "C" NOT NULL, currency TEXT COLLATE "C" NOT NULL, micros BIGINT NOT NULL,
  PRIMARY KEY (company, account, currency)
);

CREATE TABLE documents (
  company   BYTEA NOT NULL,
  id        BYTEA NOT NULL,
  kind      TEXT COLLATE "C" NOT NULL,
  contract  BYTEA NOT NULL,
  of        BYTEA NOT NULL,
  first     BIGINT NOT NULL,
  after     BIGINT NOT NULL,
  status    TEXT COLLATE "C" NOT NULL,
  series    TEXT COLLATE "C" NOT NULL,
  number    TEXT COLLATE "C" NOT NULL,
  currency  TEXT COLLATE "C" NOT NULL,
  total     BIGINT NOT NULL,
  paid      BIGINT NOT NULL,
  credited  BIGINT NOT NULL,
  issued_on BIGINT NOT NULL,
  due_on    BIGINT NOT NULL,
  dunned    BIGINT NOT NULL,
  position  BIGINT NOT NULL,
  revision  BIGINT NOT NULL,
  body      BYTEA NOT NULL,
  seal      TEXT COLLATE "C" NOT NULL,
  created   BIGINT NOT NULL,
  updated   BIGINT NOT NULL,
  PRIMARY KEY (company, id)
);
CREATE UNIQUE INDEX documents_number ON documents (company, number) WHERE number <> '';
CREATE INDEX documents_bills ON documents (company, contract, first) WHERE kind = 'invoice' AND status <> 'void';
CREATE INDEX documents_contract ON documents (company, contract, id);
CREATE INDEX documents_kind ON documents (company, kind, id);
CREATE INDEX documents_status ON documents (company, status, id);

CREATE TABLE series (
  company BYTEA NOT NULL, series TEXT COLLATE "C" NOT NULL, last BIGINT NOT NULL,
  PRIMARY KEY (company, series)
);

CREATE TABLE holds (
  company BYTEA NOT NULL, wallet TEXT COLLATE "C" NOT NULL, call TEXT COLLATE "C" NOT NULL,
  currency TEXT COLLATE "C" NOT NULL, micros BIGINT NOT NULL, seconds BIGINT NOT NULL, until BIGINT NOT NULL,
  PRIMARY KEY (company, wallet, call)
);
CREATE INDEX holds_until ON holds (company, until);

CREATE TABLE once (
  company BYTEA NOT NULL, key TEXT COLLATE "C" NOT NULL,
  request BYTEA NOT NULL, status BIGINT NOT NULL, body BYTEA NOT NULL, at BIGINT NOT NULL,
  PRIMARY KEY (company, key)
);
CREATE INDEX once_at ON once (at);

CREATE TABLE outbox (
  company BYTEA NOT NULL, id BYTEA NOT NULL,
  channel TEXT COLLATE "C" NOT NULL, recipient TEXT COLLATE "C" NOT NULL, topic TEXT COLLATE "C" NOT NULL, body BYTEA NOT NULL,
  due BIGINT NOT NULL, attempts BIGINT NOT NULL, error TEXT COLLATE "C" NOT NULL, state TEXT COLLATE "C" NOT NULL, created BIGINT NOT NULL,
  PRIMARY KEY (company, id)
);
CREATE INDEX outbox_due ON outbox (due) WHERE state = 'waiting';
CREATE INDEX outbox_state ON outbox (company, state, id);

CREATE TABLE leases (
  name TEXT COLLATE "C" PRIMARY KEY, node TEXT COLLATE "C" NOT NULL, until BIGINT NOT NULL, fence BIGINT NOT NULL
);

CREATE TABLE audit (
  company BYTEA NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL,
  actor TEXT COLLATE "C" NOT NULL, action TEXT COLLATE "C" NOT NULL, target TEXT COLLATE "C" NOT NULL, client TEXT COLLATE "C" NOT NULL, reason TEXT COLLATE "C" NOT NULL,
  before BYTEA NOT NULL, after BYTEA NOT NULL, prev BYTEA NOT NULL, hash BYTEA NOT NULL,
  PRIMARY KEY (company, seq)
);

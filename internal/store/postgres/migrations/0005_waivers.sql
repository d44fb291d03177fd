-- The decision by which a fact that belongs to no contract is left uncharged;
-- empty: nobody decided yet, and it holds bill runs.
ALTER TABLE strays ADD COLUMN waiver BYTEA NOT NULL DEFAULT '';

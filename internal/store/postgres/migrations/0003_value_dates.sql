-- The day from which an entry counts; 0: the day it was booked.
ALTER TABLE entries ADD COLUMN value BIGINT NOT NULL DEFAULT 0;

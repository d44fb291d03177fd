-- Messages go out in turns of companies, each channel by itself: a seek finds the
-- next company that has any.
CREATE INDEX outbox_turns ON outbox (channel, company, due) WHERE state = 'waiting';
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (channel, due) WHERE state = 'waiting';

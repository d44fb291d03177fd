-- Campaigns that nobody logs in to stand under a key while they are to be driven, so that who
-- looks for them reads no others: those that were kept before get it here.
CREATE TEMP TABLE lonely AS
SELECT company, id FROM (SELECT company, id, CAST(body AS TEXT) AS b FROM records WHERE kind = 'campaign')
  WHERE json_extract(b, '$.mode') IN ('broadcast', 'robot')
    AND (json_extract(b, '$.status.state') = 'running' OR json_extract(b, '$.status.state') = 'paused' AND json_extract(b, '$.status.cause') = 'budget');
UPDATE records SET keys = CAST(json_insert(CAST(keys AS TEXT), '$.Index[#]', json_object('Name', 'alone', 'Value', 'yes')) AS BLOB)
  WHERE kind = 'campaign' AND (company, id) IN (SELECT company, id FROM lonely);
INSERT INTO record_index SELECT company, 'campaign', 'alone', 'yes', id FROM lonely;
DROP TABLE temp.lonely;

-- Who calls back is looked for among all companies: the number comes first.
DROP INDEX attempts_number;
CREATE INDEX attempts_number ON attempts (number, company, id);

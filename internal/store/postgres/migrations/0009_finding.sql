-- Campaigns that nobody logs in to stand under a key while they are to be driven, so that who
-- looks for them reads no others: those that were kept before get it here.
CREATE TEMP TABLE lonely ON COMMIT DROP AS
SELECT company, id FROM (SELECT company, id, replace(replace(replace(convert_from(body, 'UTF8'), '\\', chr(1)), '\u0000', ''), chr(1), '\\')::jsonb AS b FROM records WHERE kind = 'campaign') c
  WHERE b->>'mode' IN ('broadcast', 'robot')
    AND (b->'status'->>'state' = 'running' OR b->'status'->>'state' = 'paused' AND b->'status'->>'cause' = 'budget');
UPDATE records r SET keys = convert_to(jsonb_insert(convert_from(r.keys, 'UTF8')::jsonb, '{Index,-1}', '{"Name": "alone", "Value": "yes"}', true)::text, 'UTF8')
  FROM lonely l WHERE r.company = l.company AND r.kind = 'campaign' AND r.id = l.id;
INSERT INTO record_index SELECT company, 'campaign', 'alone', 'yes', id FROM lonely;

-- Who calls back is looked for among all companies: the number comes first.
DROP INDEX attempts_number;
CREATE INDEX attempts_number ON attempts (number, company, id);

-- Lists in the order of a column. Documents: an index for each order, and what is
-- open as a column that follows the others.
ALTER TABLE documents ADD COLUMN open BIGINT NOT NULL GENERATED ALWAYS AS (CASE WHEN status = 'void' THEN 0 ELSE total - paid - credited END) STORED;
CREATE INDEX documents_by_number ON documents (company, kind, number, id);
CREATE INDEX documents_by_first ON documents (company, kind, first, id);
CREATE INDEX documents_by_due ON documents (company, kind, due_on, id);
CREATE INDEX documents_by_total ON documents (company, kind, currency, total, id);
CREATE INDEX documents_by_open ON documents (company, kind, currency, open, id);

-- Records have their places in orders among their keys, as package store writes them
-- (OrderText, OrderInt; without the character 0): those that were kept before get theirs here.
CREATE TEMP TABLE places ON COMMIT DROP AS
WITH companies AS (
  SELECT company, id, replace(replace(replace(convert_from(body, 'UTF8'), '\\', chr(1)), '\u0000', ''), chr(1), '\\')::jsonb AS body FROM records WHERE kind = 'company'
), movements AS (
  SELECT company, id, b->>'on' AS day, b->'amount'->>'currency' AS currency, ((b->'amount'->>'amount')::numeric * 1000000)::bigint AS micros
  FROM (SELECT company, id, replace(replace(replace(convert_from(body, 'UTF8'), '\\', chr(1)), '\u0000', ''), chr(1), '\\')::jsonb AS b FROM records WHERE kind = 'movement') m
)
SELECT company, 'company' AS kind, 'by.name' AS name, lower(left(coalesce(body->>'name', ''), 100) COLLATE "C") AS value, id FROM companies
UNION ALL SELECT company, 'company', 'by.email', lower(left(coalesce(body->>'email', ''), 100) COLLATE "C"), id FROM companies
UNION ALL SELECT company, 'company', 'by.series', lower(left(coalesce(body->>'series', ''), 100) COLLATE "C"), id FROM companies
UNION ALL SELECT company, 'movement', 'by.on', day, id FROM movements
UNION ALL SELECT company, 'movement', 'by.amount', currency || ' ' || CASE WHEN micros < 0 THEN '0' || lpad((9223372036854775807 + (micros + 1))::text, 19, '0') ELSE '1' || lpad(micros::text, 19, '0') END, id FROM movements;

DELETE FROM places p USING record_index i WHERE i.company = p.company AND i.kind = p.kind AND i.name = p.name AND i.value = p.value AND i.id = p.id;
UPDATE records r SET keys = convert_to(jsonb_set(k.was, '{Index}', coalesce(k.was->'Index', '[]') || k.more)::text, 'UTF8')
  FROM (SELECT p.company, p.kind, p.id, convert_from(s.keys, 'UTF8')::jsonb AS was, jsonb_agg(jsonb_build_object('Name', p.name, 'Value', p.value)) AS more
    FROM places p JOIN records s USING (company, kind, id) GROUP BY p.company, p.kind, p.id, s.keys) k
  WHERE r.company = k.company AND r.kind = k.kind AND r.id = k.id;
INSERT INTO record_index SELECT company, kind, name, value, id FROM places;

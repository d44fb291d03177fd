-- Lists in the order of a column. Documents: an index for each order, and what is
-- open as a column that follows the others.
ALTER TABLE documents ADD COLUMN open INTEGER NOT NULL GENERATED ALWAYS AS (CASE WHEN status = 'void' THEN 0 ELSE total - paid - credited END) VIRTUAL;
CREATE INDEX documents_by_number ON documents (company, kind, number, id);
CREATE INDEX documents_by_first ON documents (company, kind, first, id);
CREATE INDEX documents_by_due ON documents (company, kind, due_on, id);
CREATE INDEX documents_by_total ON documents (company, kind, currency, total, id);
CREATE INDEX documents_by_open ON documents (company, kind, currency, open, id);

-- Records have their places in orders among their keys, as package store writes them
-- (OrderText, OrderInt; without the character 0): those that were kept before get theirs here.
CREATE TEMP TABLE places AS
WITH companies AS (
  SELECT company, id, replace(replace(replace(CAST(body AS TEXT), '\\', char(1)), '\u0000', ''), char(1), '\\') AS body FROM records WHERE kind = 'company'
), movements AS (
  SELECT company, id, json_extract(b, '$.on') AS day, json_extract(b, '$.amount.currency') AS currency, json_extract(b, '$.amount.amount') LIKE '-%' AS minus,
    ltrim(json_extract(b, '$.amount.amount'), '-') || '.' AS digits
  FROM (SELECT company, id, CAST(body AS TEXT) AS b FROM records WHERE kind = 'movement')
), amounts AS (
  SELECT company, id, currency, minus,
    CAST(substr(digits, 1, instr(digits, '.') - 1) AS INTEGER) * 1000000 + CAST(substr(replace(substr(digits, instr(digits, '.') + 1), '.', '') || '000000', 1, 6) AS INTEGER) AS micros
  FROM movements
)
SELECT company, 'company' AS kind, 'by.name' AS name, lower(substr(coalesce(json_extract(body, '$.name'), ''), 1, 100)) AS value, id FROM companies
UNION ALL SELECT company, 'company', 'by.email', lower(substr(coalesce(json_extract(body, '$.email'), ''), 1, 100)), id FROM companies
UNION ALL SELECT company, 'company', 'by.series', lower(substr(coalesce(json_extract(body, '$.series'), ''), 1, 100)), id FROM companies
UNION ALL SELECT company, 'movement', 'by.on', day, id FROM movements
UNION ALL SELECT company, 'movement', 'by.amount', currency || ' ' || CASE WHEN minus AND micros > 0 THEN '0' || printf('%019d', 9223372036854775807 - (micros - 1)) ELSE '1' || printf('%019d', micros) END, id FROM amounts;

CREATE INDEX temp.places_of ON places (company, kind, id);
DELETE FROM places WHERE EXISTS (SELECT 1 FROM record_index i WHERE i.company = places.company AND i.kind = places.kind AND i.name = places.name AND i.value = places.value AND i.id = places.id);
UPDATE records SET keys = CAST(json_set(CAST(keys AS TEXT), '$.Index', json((
    SELECT json_group_array(json(k)) FROM (
      SELECT e.value AS k FROM json_each(CAST(records.keys AS TEXT), '$.Index') e
      UNION ALL SELECT json_object('Name', p.name, 'Value', p.value) FROM places p WHERE p.company = records.company AND p.kind = records.kind AND p.id = records.id)))) AS BLOB)
  WHERE kind IN ('company', 'movement') AND EXISTS (SELECT 1 FROM places p WHERE p.company = records.company AND p.kind = records.kind AND p.id = records.id);
INSERT INTO record_index SELECT company, kind, name, value, id FROM places;
DROP TABLE temp.places;

-- Lays the books onto several machines with Citus: all of a company on one of
-- them, found by its identifier. To be run once on the coordinator, after the
-- nodes were added (citus_add_node) and a waihu that was started once has made
-- the schema; waihu stands still meanwhile. docs/scaling.md has the steps.
--
-- Not laid out, so on the coordinator alone: call_months, leases and
-- schema_version, which belong to no company. A month's partition of calls,
-- made later, is laid out like calls when it is attached.

BEGIN;
SELECT create_distributed_table('companies', 'id', colocate_with => 'none');
SELECT create_distributed_table('names', 'tenant', colocate_with => 'companies');
SELECT create_distributed_table('calls', 'tenant', colocate_with => 'companies');
SELECT create_distributed_table('stretches', 'tenant', colocate_with => 'companies');
SELECT create_distributed_table('stretch_months', 'tenant', colocate_with => 'companies');
SELECT create_distributed_table('usage_months', 'tenant', colocate_with => 'companies');
SELECT create_distributed_table('tallies', 'tenant', colocate_with => 'companies');
SELECT create_distributed_table('strays', 'tenant', colocate_with => 'companies');
SELECT create_distributed_table('records', 'company', colocate_with => 'companies');
SELECT create_distributed_table('record_unique', 'company', colocate_with => 'companies');
SELECT create_distributed_table('record_index', 'company', colocate_with => 'companies');
SELECT create_distributed_table('entries', 'company', colocate_with => 'companies');
SELECT create_distributed_table('postings', 'company', colocate_with => 'companies');
SELECT create_distributed_table('balances', 'company', colocate_with => 'companies');
SELECT create_distributed_table('documents', 'company', colocate_with => 'companies');
SELECT create_distributed_table('series', 'company', colocate_with => 'companies');
SELECT create_distributed_table('holds', 'company', colocate_with => 'companies');
SELECT create_distributed_table('once', 'company', colocate_with => 'companies');
SELECT create_distributed_table('outbox', 'company', colocate_with => 'companies');
SELECT create_distributed_table('audit', 'company', colocate_with => 'companies');
SELECT create_distributed_table('leads', 'company', colocate_with => 'companies');
SELECT create_distributed_table('lead_numbers', 'company', colocate_with => 'companies');
SELECT create_distributed_table('lead_counts', 'company', colocate_with => 'companies');
SELECT create_distributed_table('dnc', 'company', colocate_with => 'companies');
SELECT create_distributed_table('attempts', 'company', colocate_with => 'companies');
SELECT create_distributed_table('report_sums', 'company', colocate_with => 'companies');
COMMIT;

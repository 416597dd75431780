-- Each record leaves two dead rows and an entry in each of two indexes. PostgreSQL's own 20 % of a queue of ten million
-- lets four million of them gather, and what claims walk over grows with them; chosen by ten million records, see
-- docs/performance.md. The limit of its cost lets a vacuum keep up with a full queue, and still leaves claims their half.
alter table processing_queue set (
    autovacuum_vacuum_scale_factor = 0.02,
    autovacuum_vacuum_threshold = 10000,
    autovacuum_vacuum_cost_limit = 1000);

-- A handful of rows each, which change all the time: their size says nothing of how often that is.
alter table processing_claim set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table queue_total set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table worker_instance set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table leader_term set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
alter table flow_limit set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

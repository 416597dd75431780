-- A claim's row names its records, 4 kB for 500 of them, and lives for a fraction of a second. PostgreSQL compressed it each
-- time, which was a twentieth of what a claim costs; up to a page it stays as it is now.
alter table processing_claim set (toast_tuple_target = 8160);

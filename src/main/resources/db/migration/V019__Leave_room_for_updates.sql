-- A claimed record is a third larger than a waiting one. At 50 its second update often found no room on its page, and then
-- wrote the whole row and an index entry more: a twentieth of the WAL and more of the CPU. Pages that are full stay as they
-- are.
alter table processing_queue set (fillfactor = 40);

-- A claim's row names its records, 4 kB for 500 of them, and lives for a fraction of a second. PostgreSQL compressed it each
-- time, which was a twentieth of what a claim costs; up to a page it stays as it is now.
alter table processing_claim set (toast_tuple_target = 8160);

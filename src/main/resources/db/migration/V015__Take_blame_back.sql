-- The records that were blamed for this replica's death. Should it turn out to have stood still or been cut off, they are
-- acquitted.
alter table worker_instance add column blamed bigint[];

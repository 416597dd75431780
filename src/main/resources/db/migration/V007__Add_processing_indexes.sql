-- The old system's indexes. V008 replaces them: every one that mentions status makes each completion touch it. A table
-- that has records was the old system's and has them already, whatever they are called there: building them once more
-- would keep its writers out for nothing.
do $$
begin
    if not exists (select from processing_queue) then
        create index if not exists idx_processing_queue_status_created on processing_queue (status, created_at);
        create index if not exists idx_processing_queue_flow_status on processing_queue (flow_name, status);
        create index if not exists idx_processing_queue_claimed_at
            on processing_queue (claimed_at) where claimed_at is not null;
        create index if not exists idx_processing_queue_flow_instance
            on processing_queue (flow_instance_id) where flow_instance_id is not null;
        create index if not exists idx_processing_queue_pending on processing_queue (created_at) where status = 'pending';
        create index if not exists idx_processing_queue_processing
            on processing_queue (claimed_at) where status = 'processing';
    end if;
end $$;

-- A record has three versions: waiting, claimed with the name of its replica, which is 64 characters for a pod, and completed.
-- At 40 the third one found room on its page only once the first could be removed, and any claim or snapshot that is older
-- than its own claim keeps PostgreSQL from that: a third of all completions wrote the whole row and an index entry more. At 28
-- four fifths find room beside a snapshot that is never released, and nearly all beside claims. Pages that are full stay as
-- they are, and so does a fillfactor that somebody has chosen for his own records.
do $$
begin
    if exists (
        select from pg_class
        where oid = 'processing_queue'::regclass and 'fillfactor=40' = any (reloptions))
    then
        alter table processing_queue set (fillfactor = 28);
    end if;
end $$;

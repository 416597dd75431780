-- A record has three versions: waiting, claimed with the name of its replica, which is 64 characters for a pod, and completed.
-- At 40 the third one found room on its page only once the first could be removed, and any claim or snapshot that is older
-- than its own claim keeps PostgreSQL from that: a third of all completions wrote the whole row and an index entry more. At 28
-- nearly all find room in any case. Pages that are full stay as they are.
alter table processing_queue set (fillfactor = 28);

create table guest_book (run_id bigint not null, round integer not null, entry text not null);
grant select, insert on guest_book to ${worker};

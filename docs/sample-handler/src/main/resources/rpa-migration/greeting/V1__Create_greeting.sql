create table greeting (record_id bigint not null, text text not null);
-- The role that handlers write as, where it is not the one that migrates.
grant select, insert on greeting to ${worker};

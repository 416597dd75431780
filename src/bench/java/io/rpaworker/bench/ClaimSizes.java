package io.rpaworker.bench;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * How large claims are: a trigger notes each one, since a claim of quick records is gone from {@code processing_claim}
 * before anybody looks, and a meter knows no largest one of a quarter of a second.
 */
final class ClaimSizes {

    private static final String NOTE_THEM = """
            create table noted_claim (records int not null);
            create function note_claim() returns trigger language plpgsql as $$
            begin
                insert into public.noted_claim values (cardinality(new.record_ids));
                return null;
            end $$;
            create trigger note_claim after insert on processing_claim
            for each row execute function note_claim();
            """;
    private static final String TAKE = """
            with noted as (delete from noted_claim returning records)
            select count(*) as claims, coalesce(avg(records), 0) as mean, coalesce(max(records), 0) as largest
            from noted
            """;

    private final JdbcClient db;

    /** Begins to note claims. */
    ClaimSizes(JdbcClient db) {
        this.db = db;
        db.sql(NOTE_THEM).update();
    }

    /** Claims of some time; zeros if there were none. */
    record Sizes(long claims, double mean, int largest) {}

    /** The claims since this was asked before. */
    Sizes sinceLast() {
        return db.sql(TAKE).query(Sizes.class).single();
    }
}

package io.rpaworker.process;

import io.rpaworker.testing.RpaDb;

/** The tables that {@link com.example.ledger.LedgerHandler} writes to; without a unique constraint, on purpose. */
record Ledger(RpaDb db) {

    static final String FLOW = "ledger";

    static Ledger in(RpaDb db) {
        db.jdbc()
                .sql("create table ledger (record_id bigint not null, n int not null)")
                .update();
        db.jdbc().sql("create table begun (record_id bigint not null)").update();
        return new Ledger(db);
    }

    /** Adds records that take their handler some time each. */
    void insert(int records, int millisEach) {
        db.jdbc()
                .sql("insert into processing_queue (flow_name, payload)"
                        + " select :flow, jsonb_build_object('n', n, 'millis', cast(:millis as int))"
                        + " from generate_series(1, :records) n")
                .param("flow", FLOW)
                .param("records", records)
                .param("millis", millisEach)
                .update();
    }

    /** How often the handler has begun with a record that takes it a second or longer. */
    int begun() {
        return count("select count(*) from begun");
    }

    /** How many records have an effect. */
    int records() {
        return count("select count(distinct record_id) from ledger");
    }

    /** How many effects there are: as many, unless a record had its effect twice. */
    int entries() {
        return count("select count(*) from ledger");
    }

    int count(String sql) {
        return db.jdbc().sql(sql).query(Integer.class).single();
    }
}

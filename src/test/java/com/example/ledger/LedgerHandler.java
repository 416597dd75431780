package com.example.ledger;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import java.util.List;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Takes its time over each record, and writes it into a ledger that would take it twice. Says when it begins with one
 * that takes long.
 */
@Component
@EnableConfigurationProperties(LedgerSettings.class)
public class LedgerHandler implements RecordHandler<Entry, Integer> {

    private final JdbcClient jdbc;
    private final LedgerSettings settings;

    /** Writes with the worker's own client. */
    public LedgerHandler(JdbcClient jdbc, LedgerSettings settings) {
        this.jdbc = jdbc;
        this.settings = settings;
    }

    @Override
    public String flow() {
        return "ledger";
    }

    @Override
    public Outcome<Integer> handle(WorkRecord<Entry> record) throws InterruptedException {
        if (record.payload().millis() >= 1_000) {
            jdbc.sql("insert into begun (record_id) values (:id)")
                    .param("id", record.id())
                    .update();
        }
        Thread.sleep(record.payload().millis());
        return Outcome.completed(record.payload().n() * settings.factor());
    }

    @Override
    public void write(List<Handled<Entry, Integer>> chunk) {
        for (Handled<Entry, Integer> it : chunk) {
            jdbc.sql("insert into ledger (record_id, n) values (:id, :n)")
                    .param("id", it.record().id())
                    .param("n", it.result())
                    .update();
        }
    }
}

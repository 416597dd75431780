package com.example.nightly;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Enters each record into a table that would take it twice. */
@Component
public class NightlyHandler implements RecordHandler<Item, Integer> {

    private final ObjectProvider<JdbcClient> jdbc;
    private final Gates gates;

    /** Writes with the worker's own client. */
    public NightlyHandler(ObjectProvider<JdbcClient> jdbc) {
        this.jdbc = jdbc;
        this.gates = new Gates(jdbc);
    }

    @Override
    public String flow() {
        return "nightly";
    }

    @Override
    public Outcome<Integer> handle(WorkRecord<Item> record) {
        gates.pass("record handled");
        return Outcome.completed(record.payload().n());
    }

    @Override
    public void write(List<Handled<Item, Integer>> chunk) {
        for (Handled<Item, Integer> it : chunk) {
            jdbc.getObject()
                    .sql("insert into fx_effect (record_id, n) values (:id, :n)")
                    .param("id", it.record().id())
                    .param("n", it.result())
                    .update();
        }
    }
}

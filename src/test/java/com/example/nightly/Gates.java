package com.example.nightly;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Asks rpa_db's function {@code fx_gate} whether to stand still at a step. */
record Gates(ObjectProvider<JdbcClient> jdbc) {

    void pass(String step) {
        jdbc.getObject()
                .sql("select fx_gate(:step)::text")
                .param("step", step)
                .query()
                .listOfRows();
    }
}

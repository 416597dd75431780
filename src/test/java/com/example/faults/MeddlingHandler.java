package com.example.faults;

import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.WorkRecord;
import java.util.List;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** Does to the transaction of its write what its records say, after it has written. */
@Component
public class MeddlingHandler implements RecordHandler<Task, Integer> {

    private final JdbcTemplate jdbc;

    /** Writes with the worker's own template. */
    public MeddlingHandler(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public String flow() {
        return "meddling";
    }

    @Override
    public Outcome<Integer> handle(WorkRecord<Task> record) {
        return Outcome.completed(record.payload().n());
    }

    @Override
    public void write(List<Handled<Task, Integer>> chunk) {
        for (Handled<Task, Integer> it : chunk) {
            jdbc.update(
                    "insert into fx_ledger (record_id) values (?)", it.record().id());
            String deed = it.record().payload().deed();
            meddle(deed == null ? "nothing" : deed);
        }
    }

    private void meddle(String deed) {
        switch (deed) {
            case "swallow" -> swallow("insert into fx_taken values (1)");
            case "swallow-division" -> swallow("select 1 / 0");
            case "rollback" -> jdbc.execute("rollback");
            case "rollback-chain" -> jdbc.execute("rollback and chain");
            case "commit-connection" ->
                jdbc.execute((ConnectionCallback<Boolean>) connection -> {
                    connection.commit();
                    return true;
                });
            case "close" ->
                jdbc.execute((ConnectionCallback<Boolean>) connection -> {
                    connection.createStatement().getConnection().close();
                    return true;
                });
            case "savepoint" ->
                jdbc.execute((ConnectionCallback<Boolean>) connection -> {
                    var before = connection.setSavepoint();
                    swallow("select 1 / 0");
                    connection.rollback(before);
                    return true;
                });
            default -> {}
        }
    }

    private void swallow(String sql) {
        try {
            jdbc.execute(sql);
        } catch (DataAccessException swallowed) {
            // That is what is wrong with it.
        }
    }
}

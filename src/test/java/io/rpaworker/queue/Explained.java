package io.rpaworker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.testing.QueueParts;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A connection on which auto_explain tells of each statement the plan that was really used, and its buffers. */
final class Explained {

    private static final Pattern PLAN = Pattern.compile("Query Text: (.*?)\\n[^\\n]*\\(cost=", Pattern.DOTALL);
    private static final Pattern SCAN = Pattern.compile("Seq Scan on processing_queue|external merge");
    private static final Pattern BUFFERS = Pattern.compile("Buffers: shared(?: hit=(\\d+))?(?: read=(\\d+))?");

    // The way down through the indexes, and what a first execution reads of the catalog.
    private static final int BUFFERS_AT_LEAST = 100;

    private final List<String> plans = new ArrayList<>();
    private final Set<String> texts = new TreeSet<>();
    private final JdbcTemplate jdbc;
    private final TransactionTemplate transaction;

    Explained(Connection connection) throws SQLException {
        for (String setting : List.of(
                "load 'auto_explain'",
                "set auto_explain.log_min_duration = 0",
                "set auto_explain.log_analyze = on",
                "set auto_explain.log_buffers = on",
                "set auto_explain.log_timing = off",
                "set auto_explain.log_level = notice")) {
            try (var statement = connection.createStatement()) {
                statement.execute(setting);
            }
        }
        var dataSource = new SingleConnectionDataSource(connection, true);
        // The notices are the statement's, and gone with it.
        this.jdbc = new JdbcTemplate(dataSource) {
            @Override
            protected void handleWarnings(Statement statement) throws SQLException {
                for (var it = statement.getWarnings(); it != null; it = it.getNextWarning()) {
                    note(String.valueOf(it.getMessage()));
                }
            }
        };
        this.transaction = new TransactionTemplate(new JdbcTransactionManager(dataSource));
    }

    JdbcClient jdbc() {
        return JdbcClient.create(jdbc);
    }

    TransactionTemplate transaction() {
        return transaction;
    }

    /** The queue's parts on this connection. */
    QueueParts queue() {
        return QueueParts.over(jdbc, transaction);
    }

    /** The statements that were told of so far, with a question mark for each parameter. */
    Set<String> texts() {
        return texts;
    }

    /** A statement as {@link #texts} has it. */
    static String text(String sql) {
        return sql.replaceAll("(?s)\\s*Query Parameters: .*", "")
                .replaceAll("(?<!:):[a-zA-Z]+|\\$\\d+", "?")
                .replaceAll("\\s+", " ")
                .strip();
    }

    /** Fails if one of the statements since the last time has read the queue as a whole, or sorted it on the disk. */
    void assertNoScan(String what) {
        assertThat(plans).as(what).isNotEmpty();
        for (String plan : plans) {
            assertThat(SCAN.matcher(plan).find()).as("%s:%n%s", what, plan).isFalse();
        }
        plans.clear();
    }

    /** As above, and none of them has looked at more than so many pages. */
    void assertIndexed(String what, int records, int buffersPerRecord) {
        for (String plan : plans) {
            assertThat(buffers(plan))
                    .as("%s:%n%s", what, plan)
                    .isLessThanOrEqualTo(BUFFERS_AT_LEAST + (long) records * buffersPerRecord);
        }
        assertNoScan(what);
    }

    /** Fails unless one of the statements since the last time has gone through an index by this condition. */
    void assertIndexCondition(String condition) {
        assertThat(plans)
                .anyMatch(plan ->
                        plan.lines().anyMatch(line -> line.contains("Index Cond: ") && line.contains(condition)));
    }

    private void note(String notice) {
        Matcher plan = PLAN.matcher(notice);
        if (plan.find()) {
            plans.add(notice);
            texts.add(text(plan.group(1)));
        }
    }

    // The first line is the whole statement's; one that reads no table has none.
    private static long buffers(String plan) {
        Matcher buffers = BUFFERS.matcher(plan);
        return buffers.find() ? number(buffers.group(1)) + number(buffers.group(2)) : 0;
    }

    private static long number(@Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }
}

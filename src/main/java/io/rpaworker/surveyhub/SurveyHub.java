package io.rpaworker.surveyhub;

import io.rpaworker.database.ConnectionLimiter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** How to ask for SurveyHub: read-only, every query bounded in time. */
public class SurveyHub {

    // SQL Server takes 2,100 parameters at most.
    private static final int MOST_IDS = 2_048;

    // The longest that any call may take: its own timeout interrupts it before.
    private static final Duration LONGEST_CALL = Duration.ofDays(1);

    private final JdbcClient jdbc;
    private final JdbcClient probe;

    /**
     * Shares the pool out. A flow may have more calls at once than there are connections. One that waits for a
     * connection says nothing about SurveyHub, so it waits here for as long as it may take: the pool would give up, and
     * that would look like an outage. One connection is left for asking whether SurveyHub answers.
     *
     * @param connections how many the pool has
     */
    SurveyHub(DataSource pool, int connections, Duration queryTimeout) {
        this.jdbc = client(inTurn(pool, Math.max(1, connections - 1)), queryTimeout);
        this.probe = client(pool, queryTimeout);
    }

    private static DataSource inTurn(DataSource pool, int connections) {
        var turns = new ConnectionLimiter("SurveyHub's connections", connections, LONGEST_CALL);
        return new DelegatingDataSource(pool) {
            @Override
            public Connection getConnection() throws SQLException {
                return turns.connection(obtainTargetDataSource());
            }
        };
    }

    private static JdbcClient client(DataSource dataSource, Duration queryTimeout) {
        var template = new JdbcTemplate(dataSource);
        template.setQueryTimeout(Math.toIntExact(queryTimeout.toSeconds()));
        template.setFetchSize(1_000);
        return JdbcClient.create(template);
    }

    /** For queries of any form. */
    public JdbcClient jdbc() {
        return jdbc;
    }

    /**
     * Asks for the rows of many ids: one query for up to 2,048 of them, as many more as it takes above that.
     *
     * <p>The list is filled up to a power of two with its last id, so that SurveyHub's plan cache sees a dozen
     * statements instead of one for every batch size.
     *
     * @param sql a query that has {@code in (:ids)}
     * @param ids none or more; those that occur twice are asked for once
     * @return the rows in no particular order
     */
    public <T> List<T> queryByIds(String sql, Collection<String> ids, RowMapper<T> rows) {
        var distinct = List.copyOf(new LinkedHashSet<>(ids));
        var found = new ArrayList<T>();
        for (int from = 0; from < distinct.size(); from += MOST_IDS) {
            List<String> some = distinct.subList(from, Math.min(from + MOST_IDS, distinct.size()));
            found.addAll(jdbc.sql(sql).param("ids", filledUp(some)).query(rows).list());
        }
        return found;
    }

    /**
     * Asks whether SurveyHub answers.
     *
     * @throws org.springframework.dao.DataAccessException if it does not, within the connection and query timeouts
     */
    public void check() {
        probe.sql("select 1").query(Integer.class).single();
    }

    private static List<String> filledUp(List<String> ids) {
        int size = Integer.highestOneBit(Math.max(1, ids.size() * 2 - 1));
        var filled = new ArrayList<>(ids);
        filled.addAll(Collections.nCopies(size - ids.size(), ids.getLast()));
        return filled;
    }
}

package io.rpaworker.database;

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

/** How to ask for SurveyHub: read-only, every query bounded in time. */
public class SurveyHub {

    // SQL Server takes 2,100 parameters at most.
    private static final int MOST_IDS = 2_048;

    private final JdbcClient jdbc;

    SurveyHub(DataSource dataSource, Duration queryTimeout) {
        var template = new JdbcTemplate(dataSource);
        template.setQueryTimeout(Math.toIntExact(queryTimeout.toSeconds()));
        template.setFetchSize(1_000);
        this.jdbc = JdbcClient.create(template);
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
        jdbc.sql("select 1").query(Integer.class).single();
    }

    private static List<String> filledUp(List<String> ids) {
        int size = Integer.highestOneBit(Math.max(1, ids.size() * 2 - 1));
        var filled = new ArrayList<>(ids);
        filled.addAll(Collections.nCopies(size - ids.size(), ids.getLast()));
        return filled;
    }
}

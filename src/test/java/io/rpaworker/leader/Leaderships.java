package io.rpaworker.leader;

import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The real leadership over one data source, for tests outside this package. */
public final class Leaderships {

    private Leaderships() {}

    /** Makes one; it leads nothing yet. */
    public static Leadership over(DataSource dataSource) {
        return new Leadership(
                JdbcClient.create(dataSource), new TransactionTemplate(new JdbcTransactionManager(dataSource)));
    }
}

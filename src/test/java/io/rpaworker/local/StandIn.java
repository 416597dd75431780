package io.rpaworker.local;

import javax.sql.DataSource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.init.DatabasePopulatorUtils;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * SurveyHub's stand-in, an in-memory H2 that reads SQL Server's dialect.
 *
 * @param url for JDBC, without user and password
 */
public record StandIn(String url) {

    // Identifiers as on SQL Server; kept without a connection, and until the worker is done with it at shutdown.
    private static final String OPTIONS =
            ";MODE=MSSQLServer;DATABASE_TO_UPPER=FALSE;CASE_INSENSITIVE_IDENTIFIERS=TRUE;DB_CLOSE_DELAY=-1"
                    + ";DB_CLOSE_ON_EXIT=FALSE";

    /** Makes an empty one, with its tables. */
    public static StandIn create(String name) {
        var standIn = new StandIn("jdbc:h2:mem:" + name + OPTIONS);
        createTables(standIn.dataSource());
        return standIn;
    }

    /** Makes SurveyHub's tables in a database that lacks them. */
    public static void createTables(DataSource database) {
        DatabasePopulatorUtils.execute(
                new ResourceDatabasePopulator(new ClassPathResource("local/surveyhub.sql")), database);
    }

    /** To write to it; the worker only reads. */
    public DataSource dataSource() {
        return new DriverManagerDataSource(url);
    }
}

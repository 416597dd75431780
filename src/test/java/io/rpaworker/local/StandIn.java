package io.rpaworker.local;

import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
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

    private static final String INSERT_SURVEY =
            "insert into surveys (survey_id, customer_id, survey_name, [year]) values (?, ?, ?, ?)";
    private static final String INSERT_RESPONSE =
            "insert into responses (survey_id, question, answer) values (?, ?, ?)";
    private static final int BATCH = 1_000;

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

    int loadSurveys(CsvFile csv) {
        return load(csv, List.of("survey_id", "customer_id", "survey_name", "year"), INSERT_SURVEY);
    }

    int loadResponses(CsvFile csv) {
        return load(csv, List.of("survey_id", "question", "answer"), INSERT_RESPONSE);
    }

    private int load(CsvFile csv, List<String> columns, String insert) {
        var jdbc = new JdbcTemplate(dataSource());
        var batch = new ArrayList<Object[]>(BATCH);
        try {
            int rows = csv.read(columns, row -> {
                batch.add(row);
                if (batch.size() == BATCH) {
                    jdbc.batchUpdate(insert, batch);
                    batch.clear();
                }
            });
            jdbc.batchUpdate(insert, batch);
            return rows;
        } catch (DataAccessException e) {
            throw csv.wrong("does not fit SurveyHub's table: "
                    + NestedExceptionUtils.getMostSpecificCause(e).getMessage());
        }
    }
}

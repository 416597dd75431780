package io.rpaworker.database;

import java.sql.SQLException;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.flyway.autoconfigure.FlywayConnectionDetails;
import org.springframework.boot.flyway.autoconfigure.FlywayDataSource;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Brings rpa_db's schema up to date: one replica at a time, and without the limits of ordinary statements. */
@Configuration(proxyBeanMethods = false)
public class Migrations {

    // However long the other replica's migration takes.
    private static final String LOCK = """
            select set_config('lock_timeout', '0', true),
                   pg_catalog.pg_advisory_xact_lock(hashtext('rpa_worker_schema_history'))
            """;

    Migrations() {}

    /**
     * Migrates while no other replica does. Flyway's own lock does not cover the making of its history: of ten replicas
     * that start on a new database at once, some fail with "already exists, and is empty".
     *
     * @throws org.flywaydb.core.api.FlywayException if the database does not answer within the connect retries, or if a
     *     migration fails; it is rolled back
     */
    public static void runAlone(Flyway flyway) {
        // Waits for the database as long as the connect retries say.
        flyway.info();
        DataSource dataSource = flyway.getConfiguration().getDataSource();
        new TransactionTemplate(new JdbcTransactionManager(dataSource)).executeWithoutResult(status -> {
            JdbcClient.create(dataSource)
                    .sql(LOCK)
                    .query((row, rowNumber) -> true)
                    .single();
            flyway.migrate();
        });
    }

    @Bean
    FlywayMigrationStrategy runAlone() {
        return Migrations::runAlone;
    }

    /**
     * Connects as the worker does, or as {@code spring.flyway.url}, {@code user} and {@code password} say: Boot leaves
     * them to whoever brings a data source of his own.
     */
    @Bean(defaultCandidate = false)
    @FlywayDataSource
    DataSource migrationDataSource(DataSource dataSource, ObjectProvider<FlywayConnectionDetails> own)
            throws SQLException {
        // The socket timeout would give up on a long migration half way.
        DriverManagerDataSource migrator = Unpooled.like(dataSource, properties -> properties.remove("socketTimeout"));
        own.ifAvailable(it -> {
            var set = PropertyMapper.get();
            set.from(it::getJdbcUrl).to(migrator::setUrl);
            set.from(it::getUsername).to(migrator::setUsername);
            set.from(it::getPassword).to(migrator::setPassword);
        });
        return new UnlimitedTransactions(migrator);
    }
}

package io.rpaworker.migration;

import io.rpaworker.database.JdbcUrl;
import io.rpaworker.database.UnpooledConnections;
import java.sql.SQLException;
import java.util.List;
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

/** Migrates rpa_db: one replica at a time, and without the limits of ordinary statements. */
@Configuration(proxyBeanMethods = false)
public class Migrations {

    /** The bean that connects as the role that migrates. */
    static final String DATA_SOURCE = "migrationDataSource";

    // However long the other replica's migration takes.
    private static final String LOCK = """
            select pg_catalog.set_config('lock_timeout', '0', true),
                   pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('rpa_worker_schema_history'))
            """;

    private static final String WAIT_NO_LONGER = """
            select pg_catalog.set_config('lock_timeout', '60s', true)
            """;

    Migrations() {}

    /**
     * Migrates while no other replica does, unless something is in the way. Flyway's own lock does not cover the making
     * of its history: of ten replicas that start on a new database at once, some fail with "already exists, and is
     * empty".
     *
     * @throws RefusedException if something is in the way; nothing was touched
     * @throws org.flywaydb.core.api.FlywayException if a migration fails; it is rolled back
     */
    public static void runAlone(Flyway flyway) {
        DataSource dataSource = flyway.getConfiguration().getDataSource();
        var jdbc = JdbcClient.create(dataSource);
        new TransactionTemplate(new JdbcTransactionManager(dataSource)).executeWithoutResult(status -> {
            jdbc.sql(LOCK).query().singleRow();
            jdbc.sql(WAIT_NO_LONGER).query().singleRow();
            refuse(new Preflight(jdbc).catalogs());
            flyway.migrate();
        });
    }

    private static void refuse(List<Finding> findings) {
        List<Finding> refused = findings.stream().filter(Finding::isRefused).toList();
        if (!refused.isEmpty()) {
            throw new RefusedException(refused);
        }
    }

    /**
     * Boot would migrate while beans are made: before flows and settings are checked, and before a probe is answered.
     */
    @Bean
    FlywayMigrationStrategy later() {
        return flyway -> {};
    }

    /**
     * Connects as the worker does, or as {@code spring.flyway.url}, {@code user} and {@code password} say: Boot leaves
     * them to whoever brings a data source of his own.
     */
    @Bean(name = DATA_SOURCE, defaultCandidate = false)
    @FlywayDataSource
    DataSource migrationDataSource(DataSource dataSource, ObjectProvider<FlywayConnectionDetails> own)
            throws SQLException {
        // The socket timeout would give up on a long migration half way.
        DriverManagerDataSource migrator =
                UnpooledConnections.like(dataSource, properties -> properties.remove("socketTimeout"));
        own.ifAvailable(it -> {
            var set = PropertyMapper.get();
            set.from(it::getJdbcUrl).to(url -> {
                JdbcUrl.checkRpaDb("spring.flyway.url", url);
                migrator.setUrl(url);
            });
            set.from(it::getUsername).to(migrator::setUsername);
            set.from(it::getPassword).to(migrator::setPassword);
        });
        return new MigrationTimeouts(migrator);
    }
}

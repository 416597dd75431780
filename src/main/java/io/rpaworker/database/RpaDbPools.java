package io.rpaworker.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/** Opens rpa_db's two small pools beside the ordinary one; they share its settings. */
@Configuration(proxyBeanMethods = false)
public class RpaDbPools {

    /** Qualifies the {@link JdbcClient} and the data source of claims and chores. */
    public static final String CONTROL = "control";

    /** Qualifies the {@link JdbcClient} and the data source whose one connection keeps the lease alive. */
    public static final String HEARTBEAT = "heartbeat";

    /** Qualifies the data source, without a pool, of the connection that listens for new records. */
    public static final String LISTENER = "listener";

    private static final int CONTROL_CONNECTIONS = 4;
    private static final List<String> DRIVERS =
            List.of("spring.datasource.driver-class-name", "spring.datasource.hikari.driver-class-name");

    RpaDbPools() {}

    /** Refuses URLs that no connection can come of, in plainer words than Boot, the pool and the driver do later. */
    @Bean
    static BeanPostProcessor checkedUrl(Environment environment) {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                if (bean instanceof DataSourceProperties) {
                    DRIVERS.forEach(it -> refuseMissingDriver(it, environment.getProperty(it)));
                }
                // Whoever names a driver, or a data source of the server's, knows what it takes.
                if (bean instanceof DataSourceProperties properties
                        && properties.getDriverClassName() == null
                        && properties.getJndiName() == null) {
                    JdbcUrl.checkRpaDb("spring.datasource.url", properties.getUrl());
                }
                return bean;
            }
        };
    }

    // Boot and the pool would say which class it is, and that may be a secret at the wrong key.
    private static void refuseMissingDriver(String property, @Nullable String driver) {
        if (StringUtils.hasText(driver) && !ClassUtils.isPresent(driver, null)) {
            throw new JdbcUrlException(
                    property + " names no class that is there.", "Take it out: the driver is found by the URL.");
        }
    }

    /** Lets flows have shares of the ordinary pool. */
    @Bean
    static BeanPostProcessor dividedPool() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                if (!name.equals("dataSource") || !(bean instanceof HikariDataSource pool)) {
                    return bean;
                }
                String url = Objects.requireNonNullElse(pool.getJdbcUrl(), "");
                DriverProperties.check("spring.datasource.url", url, pool.getDataSourceProperties());
                // The driver would send even empty options, and a pooler refuse the connection for them.
                pool.getDataSourceProperties()
                        .computeIfPresent(
                                "options", (key, value) -> value.toString().isBlank() ? null : value);
                return ConnectionShare.divided(pool);
            }
        };
    }

    @Bean(defaultCandidate = false)
    @Qualifier(CONTROL)
    HikariDataSource controlDataSource(DataSource dataSource) throws SQLException {
        return pool(dataSource, CONTROL, CONTROL_CONNECTIONS);
    }

    @Bean(defaultCandidate = false)
    @Qualifier(CONTROL)
    JdbcClient controlJdbc(@Qualifier(CONTROL) DataSource control) {
        return JdbcClient.create(control);
    }

    @Bean(defaultCandidate = false)
    @Qualifier(CONTROL)
    TransactionTemplate controlTransaction(@Qualifier(CONTROL) DataSource control) {
        return new TransactionTemplate(new JdbcTransactionManager(control));
    }

    @Bean(defaultCandidate = false)
    @Qualifier(HEARTBEAT)
    HikariDataSource heartbeatDataSource(DataSource dataSource) throws SQLException {
        HikariDataSource pool = pool(dataSource, HEARTBEAT, 1);
        // A heartbeat that hangs must fail in time for the next one, see Lease.
        pool.getDataSourceProperties().setProperty("socketTimeout", "5");
        return pool;
    }

    @Bean(defaultCandidate = false)
    @Qualifier(HEARTBEAT)
    JdbcClient heartbeatJdbc(@Qualifier(HEARTBEAT) DataSource heartbeat) {
        return JdbcClient.create(heartbeat);
    }

    @Bean(defaultCandidate = false)
    @Qualifier(LISTENER)
    DataSource listenerDataSource(DataSource dataSource) throws SQLException {
        // Waiting for notifications has a limit of its own, so this one is for connecting and for LISTEN.
        return UnpooledConnections.like(dataSource, properties -> {
            properties.setProperty("socketTimeout", "10");
            // Where connections need a factory of their own, as in some clouds, they have it here too.
            properties.putIfAbsent("socketFactory", PromptSocketFactory.class.getName());
        });
    }

    private static HikariDataSource pool(DataSource ordinary, String name, int connections) throws SQLException {
        HikariDataSource settings = ordinary.unwrap(HikariDataSource.class);
        var pool = new SeparatePool(settings.getDataSourceProperties());
        settings.copyStateTo(pool);
        pool.setPoolName(name);
        pool.setMinimumIdle(1);
        pool.setMaximumPoolSize(connections);
        // HikariCP warns of an idle timeout that a pool of fixed size cannot use.
        pool.setIdleTimeout(connections == 1 ? 0 : settings.getIdleTimeout());
        return pool;
    }

    /**
     * A pool that has a copy of the driver's properties. {@code copyStateTo} makes two pools share one object, and
     * {@code setDataSourceProperties} adds to it: what one pool sets would hold for all of them.
     */
    private static final class SeparatePool extends HikariDataSource {

        private final Properties driver = new Properties();

        private SeparatePool(Properties driver) {
            this.driver.putAll(driver);
        }

        @Override
        public Properties getDataSourceProperties() {
            return driver;
        }

        @Override
        public void addDataSourceProperty(String name, Object value) {
            driver.put(name, value);
        }

        @Override
        public void setDataSourceProperties(Properties properties) {
            driver.putAll(properties);
        }
    }
}

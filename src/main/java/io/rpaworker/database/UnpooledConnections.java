package io.rpaworker.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Connections to rpa_db outside the pools, for what holds one for longer than any pool lets it. */
public final class UnpooledConnections {

    private UnpooledConnections() {}

    /**
     * Connects as the ordinary pool does: with its URL, its user if it has one, its driver's properties, its schema and
     * what it sends to each new connection.
     *
     * @param ordinary rpa_db's ordinary pool
     * @param changes to a copy of the properties
     */
    public static DriverManagerDataSource like(DataSource ordinary, Consumer<Properties> changes) throws SQLException {
        HikariConfig settings = ordinary.unwrap(HikariDataSource.class);
        var properties = new Properties();
        properties.putAll(settings.getDataSourceProperties());
        changes.accept(properties);
        var unpooled = new Greeting(Objects.requireNonNull(settings.getJdbcUrl()), settings.getConnectionInitSql());
        unpooled.setSchema(settings.getSchema());
        // Without them the URL may have its own, or the driver asks the system.
        unpooled.setUsername(settings.getUsername());
        unpooled.setPassword(settings.getPassword());
        unpooled.setConnectionProperties(properties);
        return unpooled;
    }

    /**
     * Where a data source connects to and as whom, for people: the URL without its parameters, which may hold a
     * password.
     */
    public static String describe(DataSource dataSource) {
        try {
            DriverManagerDataSource unpooled = dataSource.unwrap(DriverManagerDataSource.class);
            String url = Objects.requireNonNullElse(unpooled.getUrl(), "no URL");
            String user = unpooled.getUsername();
            return url.replaceFirst("\\?.*", "") + " as " + (user == null ? "the URL's or the system's user" : user);
        } catch (SQLException e) {
            return dataSource.toString();
        }
    }

    /** Sends each new connection the statement that a pool would. */
    private static final class Greeting extends DriverManagerDataSource {

        private final @Nullable String statement;

        private Greeting(String url, @Nullable String statement) {
            super(url);
            this.statement = statement;
        }

        @Override
        protected Connection getConnectionFromDriver(Properties properties) throws SQLException {
            Connection connection = super.getConnectionFromDriver(properties);
            if (statement != null) {
                try (Statement greeting = connection.createStatement()) {
                    greeting.execute(statement);
                } catch (SQLException e) {
                    connection.close();
                    throw e;
                }
            }
            return connection;
        }
    }
}

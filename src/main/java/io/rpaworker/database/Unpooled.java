package io.rpaworker.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Connections to rpa_db outside the pools, for what holds one for longer than any pool lets it. */
final class Unpooled {

    private Unpooled() {}

    /**
     * Connects as the ordinary pool does: with its URL, its user if it has one, and its driver's properties.
     *
     * @param ordinary rpa_db's ordinary pool
     * @param changes to a copy of the properties
     */
    static DriverManagerDataSource like(DataSource ordinary, Consumer<Properties> changes) throws SQLException {
        HikariConfig settings = ordinary.unwrap(HikariDataSource.class);
        var properties = new Properties();
        properties.putAll(settings.getDataSourceProperties());
        changes.accept(properties);
        var unpooled = new DriverManagerDataSource(Objects.requireNonNull(settings.getJdbcUrl()));
        // Without them the URL may have its own, or the driver asks the system.
        unpooled.setUsername(settings.getUsername());
        unpooled.setPassword(settings.getPassword());
        unpooled.setConnectionProperties(properties);
        return unpooled;
    }
}

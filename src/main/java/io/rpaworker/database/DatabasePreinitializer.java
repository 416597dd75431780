package io.rpaworker.database;

import java.sql.DriverManager;
import org.flywaydb.core.Flyway;
import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;

/**
 * Loads the drivers and Flyway's plugins while the context comes up: the first connection asks for all drivers, and SQL
 * Server's comes in a signed jar, whose signatures take a twentieth of a start.
 */
class DatabasePreinitializer implements BackgroundPreinitializer {

    @Override
    public void preinitialize() {
        DriverManager.drivers();
        Flyway.configure();
    }
}

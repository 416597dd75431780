package io.rpaworker.ops.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.LoggingSystem;

/**
 * Keeps the log off standard output: what is to be told is told by the command, and a line of the log would be none of
 * JSON's.
 */
final class Silence {

    private Silence() {}

    static void begin() {
        System.setProperty(LoggingSystem.SYSTEM_PROPERTY, LoggingSystem.NONE);
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
        }
    }

    /** For what is told by the log. */
    static void end() {
        System.clearProperty(LoggingSystem.SYSTEM_PROPERTY);
    }
}

package io.rpaworker.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** What one logger has logged since the test began, from a level upwards. */
public final class LoggedEvents implements BeforeEachCallback, AfterEachCallback {

    private final Logger logger;
    private final Level level;
    private final @Nullable Level before;
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    private LoggedEvents(String logger, Level level) {
        this.logger = (Logger) LoggerFactory.getLogger(logger);
        this.level = level;
        this.before = this.logger.getLevel();
    }

    /** Those of a class. */
    public static LoggedEvents of(Class<?> type, Level level) {
        return of(type.getName(), level);
    }

    /** Those of a logger and all that are below it. */
    public static LoggedEvents of(String logger, Level level) {
        return new LoggedEvents(logger, level);
    }

    /** All of them, in their order. */
    public List<ILoggingEvent> all() {
        return appender.list;
    }

    /** Their messages, in their order. */
    public List<String> messages() {
        return all().stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        logger.setLevel(level);
        appender.start();
        logger.addAppender(appender);
    }

    @Override
    public void afterEach(ExtensionContext test) {
        logger.detachAppender(appender);
        logger.setLevel(before);
    }
}

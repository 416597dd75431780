package io.rpaworker.text;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.AppenderAttachable;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/**
 * Has text logs write each event on one line, and the messages within a stack trace too: otherwise a line feed in what
 * somebody says, the host of an address in a payload for instance, begins what looks like another line of the log.
 * Changes nothing of the pattern, whoever has set it; JSON escapes by itself.
 */
final class OneLineLogs implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    OneLineLogs() {}

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLoggerList().forEach(OneLineLogs::change);
        }
    }

    private static void change(AppenderAttachable<ILoggingEvent> appenders) {
        appenders.iteratorForAppenders().forEachRemaining(OneLineLogs::change);
    }

    private static void change(Appender<ILoggingEvent> appender) {
        if (appender instanceof AppenderAttachable<?>) {
            @SuppressWarnings("unchecked") // it passes on what it is given
            var attached = (AppenderAttachable<ILoggingEvent>) appender;
            change(attached);
        } else if (appender instanceof OutputStreamAppender<ILoggingEvent> writer
                && writer.getEncoder() instanceof LayoutWrappingEncoder<ILoggingEvent> encoder
                && encoder.getLayout() instanceof PatternLayout layout) {
            layout.stop();
            layout.getInstanceConverterMap().putAll(OneLine.CONVERTERS);
            layout.start();
        }
    }

    // Boot has set up the log by then, and hardly anything has been logged.
    @Override
    public int getOrder() {
        return LoggingApplicationListener.DEFAULT_ORDER + 1;
    }
}

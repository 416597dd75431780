package io.rpaworker.text;

import ch.qos.logback.classic.pattern.ExtendedThrowableProxyConverter;
import ch.qos.logback.classic.pattern.KeyValuePairConverter;
import ch.qos.logback.classic.pattern.LoggerConverter;
import ch.qos.logback.classic.pattern.MDCConverter;
import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.pattern.RootCauseFirstThrowableProxyConverter;
import ch.qos.logback.classic.pattern.ThreadConverter;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.pattern.DynamicConverter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.logback.ExtendedWhitespaceThrowableProxyConverter;
import org.springframework.boot.logging.logback.WhitespaceThrowableProxyConverter;

/** Writes texts on one line: what would end it, or move the cursor, is written as an escape. */
@SuppressWarnings("rawtypes") // as Logback has its converters
public final class OneLine {

    /** By the word of a pattern, what writes the same on one line. */
    static final Map<String, Supplier<DynamicConverter>> CONVERTERS = converters();

    // Boot's reports to whoever starts it are drawn in several lines.
    private static final List<String> REPORTS =
            List.of("org.springframework.boot.diagnostics.", "org.springframework.boot.autoconfigure.logging.");

    private OneLine() {}

    private static Map<String, Supplier<DynamicConverter>> converters() {
        var converters = new HashMap<String, Supplier<DynamicConverter>>();
        Stream.of("m", "msg", "message").forEach(it -> converters.put(it, Message::new));
        Stream.of("t", "thread").forEach(it -> converters.put(it, Threads::new));
        Stream.of("c", "lo", "logger").forEach(it -> converters.put(it, Loggers::new));
        Stream.of("X", "mdc").forEach(it -> converters.put(it, Context::new));
        Stream.of("ex", "exception", "throwable").forEach(it -> converters.put(it, Trace::new));
        Stream.of("xEx", "xException", "xThrowable").forEach(it -> converters.put(it, ExtendedTrace::new));
        Stream.of("rEx", "rootException").forEach(it -> converters.put(it, RootTrace::new));
        converters.put("kvp", KeyValues::new);
        converters.put("wex", SpacedTrace::new);
        converters.put("wEx", ExtendedSpacedTrace::new);
        return converters;
    }

    /**
     * The text with escapes for control characters but tabs, and for Unicode's ends of lines and paragraphs and what
     * turns the direction of writing round: with it a line reads otherwise than it was written.
     */
    public static String of(String text) {
        if (text.chars().noneMatch(OneLine::isEscaped)) {
            return text;
        }
        var line = new StringBuilder(text.length() + 16);
        text.chars().forEach(it -> {
            if (!isEscaped(it)) {
                line.append((char) it);
            } else if (it == '\n') {
                line.append("\\n");
            } else if (it == '\r') {
                line.append("\\r");
            } else {
                line.append("\\u%04x".formatted(it));
            }
        });
        return line.toString();
    }

    private static boolean isEscaped(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL -> character != '\t';
            case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
            case Character.FORMAT ->
                switch (Character.getDirectionality(character)) {
                    case Character.DIRECTIONALITY_LEFT_TO_RIGHT, Character.DIRECTIONALITY_BOUNDARY_NEUTRAL -> false;
                    default -> true;
                };
            default -> false;
        };
    }

    private static final class Message extends MessageConverter {
        @Override
        public String convert(ILoggingEvent event) {
            String message = super.convert(event);
            boolean report = REPORTS.stream().anyMatch(event.getLoggerName()::startsWith);
            return message == null || report ? message : of(message);
        }
    }

    private static final class Threads extends ThreadConverter {
        @Override
        public String convert(ILoggingEvent event) {
            return of(super.convert(event));
        }
    }

    private static final class Loggers extends LoggerConverter {
        @Override
        public String convert(ILoggingEvent event) {
            return of(super.convert(event));
        }
    }

    private static final class Context extends MDCConverter {
        @Override
        public String convert(ILoggingEvent event) {
            return of(super.convert(event));
        }
    }

    private static final class KeyValues extends KeyValuePairConverter {
        @Override
        public String convert(ILoggingEvent event) {
            return of(super.convert(event));
        }
    }

    private static final class Trace extends ThrowableProxyConverter {
        @Override
        protected String throwableProxyToString(IThrowableProxy thrown) {
            return super.throwableProxyToString(new Thrown(thrown));
        }
    }

    private static final class ExtendedTrace extends ExtendedThrowableProxyConverter {
        @Override
        protected String throwableProxyToString(IThrowableProxy thrown) {
            return super.throwableProxyToString(new Thrown(thrown));
        }
    }

    private static final class RootTrace extends RootCauseFirstThrowableProxyConverter {
        @Override
        protected String throwableProxyToString(IThrowableProxy thrown) {
            return super.throwableProxyToString(new Thrown(thrown));
        }
    }

    private static final class SpacedTrace extends WhitespaceThrowableProxyConverter {
        @Override
        protected String throwableProxyToString(IThrowableProxy thrown) {
            return super.throwableProxyToString(new Thrown(thrown));
        }
    }

    private static final class ExtendedSpacedTrace extends ExtendedWhitespaceThrowableProxyConverter {
        @Override
        protected String throwableProxyToString(IThrowableProxy thrown) {
            return super.throwableProxyToString(new Thrown(thrown));
        }
    }

    /** An exception, with its messages on one line each. */
    private record Thrown(IThrowableProxy thrown) implements IThrowableProxy {

        private static @Nullable String line(@Nullable String text) {
            return text == null ? null : of(text);
        }

        private static @Nullable IThrowableProxy same(@Nullable IThrowableProxy other) {
            return other == null ? null : new Thrown(other);
        }

        @Override
        public @Nullable String getMessage() {
            return line(thrown.getMessage());
        }

        @Override
        public @Nullable String getOverridingMessage() {
            return line(thrown.getOverridingMessage());
        }

        @Override
        public String getClassName() {
            return thrown.getClassName();
        }

        @Override
        public StackTraceElementProxy[] getStackTraceElementProxyArray() {
            return thrown.getStackTraceElementProxyArray();
        }

        @Override
        public int getCommonFrames() {
            return thrown.getCommonFrames();
        }

        @Override
        public @Nullable IThrowableProxy getCause() {
            return same(thrown.getCause());
        }

        @Override
        public IThrowableProxy @Nullable [] getSuppressed() {
            IThrowableProxy[] suppressed = thrown.getSuppressed();
            return suppressed == null
                    ? null
                    : Stream.of(suppressed).map(Thrown::new).toArray(IThrowableProxy[]::new);
        }

        @Override
        public boolean isCyclic() {
            return thrown.isCyclic();
        }
    }
}

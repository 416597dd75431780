package io.rpaworker.simulation;

import java.sql.SQLException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names a statement in a trace. */
final class Sql {

    private static final Pattern SPACE = Pattern.compile("\\s+");
    private static final Pattern VERB =
            Pattern.compile("\\b(update|insert into|delete from) (processing_queue|\\w+)\\b.*");
    private static final int LONGEST = 60;

    private Sql() {}

    /** Whether it went well, or what went wrong; the ways in which a connection ends are one. */
    static String state(@Nullable Throwable failure) {
        if (failure == null) {
            return "ok";
        }
        String state = failure instanceof SQLException sql ? String.valueOf(sql.getSQLState()) : failure.toString();
        return state.startsWith("08") || state.startsWith("57P") ? "connection lost" : state;
    }

    /** The part that changes something, if there is one, and no more of it than fits. */
    static String shortened(String sql) {
        String line = SPACE.matcher(sql).replaceAll(" ").strip();
        var verb = VERB.matcher(line);
        String told = verb.find() ? verb.group() : line;
        return told.length() > LONGEST ? told.substring(0, LONGEST) : told;
    }
}

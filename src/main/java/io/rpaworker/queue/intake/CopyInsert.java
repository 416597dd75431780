package io.rpaworker.queue.intake;

import io.rpaworker.handler.NewRecord;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Adds records that have nothing but a payload. They flow to PostgreSQL while it takes in those before, where a
 * statement with arrays would have each of the two wait for the other.
 */
final class CopyInsert {

    private static final String COPY = "copy processing_queue (flow_name, payload) from stdin";

    private static final int PIECE = 32 * 1024;

    private final JdbcOperations jdbc;

    CopyInsert(JdbcOperations jdbc) {
        this.jdbc = jdbc;
    }

    int add(String flow, List<NewRecord> records) {
        Integer added = jdbc.execute((Connection connection) -> {
            CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
            try {
                write(copy, flow, records);
                return Math.toIntExact(copy.endCopy());
            } catch (Throwable e) {
                cancel(copy, e);
                throw e;
            }
        });
        return added == null ? 0 : added;
    }

    // The connection is of no use to anybody before the copy has come to an end.
    private static void cancel(CopyIn copy, Throwable reason) {
        try {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    private static void write(CopyIn copy, String flow, List<NewRecord> records) throws SQLException {
        var lines = new StringBuilder(2 * PIECE);
        for (NewRecord record : records) {
            append(lines, flow).append('\t');
            append(lines, record.payload()).append('\n');
            if (lines.length() >= PIECE) {
                write(copy, lines);
            }
        }
        write(copy, lines);
    }

    private static void write(CopyIn copy, StringBuilder lines) throws SQLException {
        byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
        copy.writeToCopy(bytes, 0, bytes.length);
        lines.setLength(0);
    }

    // What ends a column or a line, and what says that.
    private static StringBuilder append(StringBuilder lines, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> lines.append("\\\\");
                case '\n' -> lines.append("\\n");
                case '\r' -> lines.append("\\r");
                case '\t' -> lines.append("\\t");
                default -> lines.append(c);
            }
        }
        return lines;
    }
}

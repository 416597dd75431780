package io.rpaworker.handler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some records of a run.
 *
 * @param records may be empty; a key begins with anything but {@code #}
 * @param next where the next page begins, in words of the source's own; null if this was the last one
 */
public record Page(List<NewRecord> records, @Nullable String next) {

    /** Keeps a copy. */
    public Page {
        records = List.copyOf(records);
    }

    /** A page that others follow. */
    public static Page of(List<NewRecord> records, String next) {
        return new Page(records, next);
    }

    /** The last page, or the only one. */
    public static Page last(List<NewRecord> records) {
        return new Page(records, null);
    }
}

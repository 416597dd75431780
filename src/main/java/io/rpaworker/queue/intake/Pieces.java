package io.rpaworker.queue.intake;

import io.rpaworker.handler.NewRecord;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Records in pieces of which each fits into a statement, and as arrays for it. */
final class Pieces {

    private static final int CHARACTERS_PER_STATEMENT = 16 * 1024 * 1024;

    private Pieces() {}

    /**
     * Adds piece after piece.
     *
     * @param rows most records in one
     * @return how many were added by all of them
     */
    static int each(List<NewRecord> records, int rows, ToIntFunction<List<NewRecord>> adding) {
        int added = 0;
        int from = 0;
        long characters = 0;
        for (int i = 0; i < records.size(); i++) {
            characters += records.get(i).payload().length();
            if (i + 1 - from == rows || characters >= CHARACTERS_PER_STATEMENT || i + 1 == records.size()) {
                added += adding.applyAsInt(records.subList(from, i + 1));
                from = i + 1;
                characters = 0;
            }
        }
        return added;
    }

    static @Nullable String[] texts(List<NewRecord> records, Function<NewRecord, @Nullable String> part) {
        return records.stream().map(part).toArray(String[]::new);
    }

    /** Null for at once. */
    static @Nullable String[] availableAt(List<NewRecord> records) {
        return texts(records, Pieces::availableAt);
    }

    private static @Nullable String availableAt(NewRecord record) {
        Instant at = record.availableAt();
        if (at == null) {
            return null;
        }
        // As Timestamps reads them.
        return at.equals(Instant.MAX) ? "infinity" : at.equals(Instant.MIN) ? "-infinity" : at.toString();
    }
}

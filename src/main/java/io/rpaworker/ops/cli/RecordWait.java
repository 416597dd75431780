package io.rpaworker.ops.cli;

import io.rpaworker.ops.Problem;
import io.rpaworker.ops.story.RecordStory;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits until nothing more is done about a record: it is completed, or a dead letter. */
final class RecordWait {

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Patience<RecordStory> patience;

    RecordWait(Terminal terminal, Supplier<RecordStory> look) {
        this.patience = new Patience<>(look, RecordWait::isOver, terminal::say);
    }

    /**
     * Waits.
     *
     * @param seconds how long at most; null for ever
     * @return what was seen last
     * @throws Problem if rpa_db does not answer to begin with, or refuses
     */
    RecordStory until(@Nullable Long seconds) {
        return patience.until(PAUSE, seconds, seen -> {});
    }

    private static boolean isOver(RecordStory story) {
        var record = story.record();
        return record.status().equals("completed")
                || (record.status().equals("failed") && record.nextRetryAt() == null);
    }
}

package io.rpaworker.ops.cli;

import io.rpaworker.ops.Problem;
import io.rpaworker.ops.story.RecordStory;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits until nothing more is done about a record: it is completed, or a dead letter. */
final class RecordWait {

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Terminal terminal;
    private final Supplier<RecordStory> look;
    private boolean silent;

    RecordWait(Terminal terminal, Supplier<RecordStory> look) {
        this.terminal = terminal;
        this.look = look;
    }

    /**
     * Waits. Whoever waits for hours is not sent away because rpa_db is restarted meanwhile; but what has never
     * answered is told at once.
     *
     * @param seconds how long at most; null for ever
     * @return what was seen last
     * @throws Problem if rpa_db does not answer to begin with, or refuses
     */
    RecordStory until(@Nullable Long seconds) {
        long began = System.nanoTime();
        RecordStory story = look.get();
        while (!isOver(story)
                && (seconds == null
                        || System.nanoTime() - began
                                < Duration.ofSeconds(seconds).toNanos())) {
            pause();
            story = look(story);
        }
        return story;
    }

    private RecordStory look(RecordStory last) {
        try {
            RecordStory story = look.get();
            if (silent) {
                silent = false;
                say("rpa_db answers again.");
            }
            return story;
        } catch (Problem e) {
            if (!Explanation.isSilence(e)) {
                throw e;
            }
            if (!silent) {
                silent = true;
                say(e.getMessage() + ". Waiting on.");
            }
            return last;
        }
    }

    private void say(String sentence) {
        terminal.err().println(Style.NONE.plain(sentence));
        terminal.err().flush();
    }

    private static boolean isOver(RecordStory story) {
        var record = story.record();
        return record.status().equals("completed")
                || (record.status().equals("failed") && record.nextRetryAt() == null);
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.failed("Interrupted.");
        }
    }
}

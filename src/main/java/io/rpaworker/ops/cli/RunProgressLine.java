package io.rpaworker.ops.cli;

import io.rpaworker.ops.Problem;
import io.rpaworker.ops.run.RunStory;
import io.rpaworker.queue.run.Run;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How far a run is, on standard error: on a terminal one line that is written anew, elsewhere a line now and then. What
 * has stood still for a while is said with the reason.
 */
final class RunProgressLine implements AutoCloseable {

    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
    private static final Duration STANDS_STILL = Duration.ofSeconds(30);

    // Looking is to be a small part of what rpa_db does.
    private static final int SHARE = 20;

    private final Terminal terminal;
    private final Supplier<RunStory> look;
    private final boolean live;
    private long nextLook;
    private long nextLine;
    private long movedAt;
    private @Nullable Place place;
    private @Nullable String written;

    // What a run that is alive changes sooner or later.
    private record Place(String state, int round, long pages, long completed, long failed, long cancelled) {

        static Place of(RunStory it) {
            RunStory.Progress progress = it.progress();
            return new Place(
                    it.run().state(),
                    it.run().round(),
                    it.run().pages(),
                    progress == null ? 0 : progress.completed(),
                    progress == null ? 0 : progress.failed(),
                    progress == null ? 0 : progress.cancelled());
        }
    }

    RunProgressLine(Terminal terminal, Supplier<RunStory> look) {
        this.terminal = terminal;
        this.look = look;
        this.live = terminal.errIsTerminal();
        this.nextLook = System.nanoTime();
        this.nextLine = nextLook;
    }

    /** Shows it, unless it has ended or it was only just looked at. */
    void show(Run run) {
        long now = System.nanoTime();
        if (run.state().isEnded() || now - nextLook < 0) {
            return;
        }
        RunStory story;
        try {
            story = look.get();
        } catch (Problem e) {
            // Whether it has ended is found by another question, which says what is wrong.
            return;
        }
        long took = System.nanoTime() - now;
        nextLook = now + SHARE * took;
        show(story, now);
    }

    private void show(RunStory story, long now) {
        Place before = place;
        Place here = Place.of(story);
        if (!here.equals(before)) {
            movedAt = now;
        }
        place = here;
        boolean still = now - movedAt >= STANDS_STILL.toNanos();
        List<String> why = still ? story.why() : List.of();
        String line = RunPage.sentence(story) + (why.isEmpty() ? "" : " " + why.getFirst() + ".");
        boolean another = before == null || !before.state().equals(here.state());
        if (live) {
            terminal.err().print("\r" + cut(Style.NONE.plain(line)) + "\u001b[K");
            terminal.err().flush();
        } else if (!line.equals(written) && (another || now - nextLine >= 0)) {
            terminal.say(line);
            nextLine = now + BETWEEN_LINES.toNanos();
            written = line;
        }
    }

    private String cut(String line) {
        int room = terminal.columns() - 1;
        return line.length() <= room ? line : line.substring(0, room - 1) + Terminal.cut(terminal.charset());
    }

    /** Says something else. */
    void say(String sentence) {
        close();
        terminal.say(sentence);
    }

    /** Takes away the line that would be written anew. */
    @Override
    public void close() {
        if (live) {
            terminal.err().print("\r\u001b[K");
            terminal.err().flush();
        }
    }
}

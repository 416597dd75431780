package io.rpaworker.ops.run;

import io.rpaworker.database.Timestamps;
import io.rpaworker.ops.run.RunStory.Progress;
import io.rpaworker.queue.run.Run;
import io.rpaworker.queue.run.RunProgress;
import io.rpaworker.queue.run.RunProgress.UnderWay;
import io.rpaworker.queue.run.RunState;
import io.rpaworker.text.DurationText;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A run in a sentence, and the words for what it has. */
final class RunText {

    private static final int MOST_WORDS = 300;
    private static final int MOST_CURSOR = 60;

    // Identities are a host and a UUID, and people know the host.
    private static final Pattern UUID = Pattern.compile("-\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}$");

    private RunText() {}

    static String of(Run run, @Nullable Progress progress, @Nullable RunProgress found, Instant now) {
        if (run.state() == RunState.QUEUED) {
            return "queued for " + since(run.createdAt(), now);
        }
        var parts = new ArrayList<String>();
        if (run.state() == RunState.DISCOVERING) {
            parts.add(String.format(Locale.ROOT, "page %,d%s", run.pages() + 1, cursor(run)));
            parts.add(String.format(Locale.ROOT, "%,d found", run.discovered()));
        }
        if (progress != null && !run.dryRun()) {
            records(parts, progress, found, now);
        }
        if (run.dryRun() && run.state() == RunState.COMPLETED) {
            parts.add("%s with %s, none of them added"
                    .formatted(many(run.pages(), "page"), many(run.discovered(), "record")));
        }
        Instant ended = run.endedAt();
        if (ended != null) {
            Instant started = run.startedAt();
            parts.add(started == null ? "never begun" : "in " + since(started, ended));
        }
        String text = run.state().column().replace('_', ' ') + ": " + String.join(", ", parts);
        return run.reason() == null ? text : text + ". " + words(run.reason());
    }

    private static String cursor(Run run) {
        String cursor = run.cursor();
        if (cursor == null) {
            return "";
        }
        return " from '%s'".formatted(cursor.length() > MOST_CURSOR ? cursor.substring(0, MOST_CURSOR) + "…" : cursor);
    }

    private static void records(List<String> parts, Progress progress, @Nullable RunProgress found, Instant now) {
        parts.add(String.format(Locale.ROOT, "%,d of %,d completed", progress.completed(), progress.records()));
        some(parts, progress.failed(), "failed");
        some(parts, progress.cancelled(), "cancelled");
        Instant retry = progress.nextRetryAt();
        if (retry != null) {
            parts.add(String.format(Locale.ROOT, "%,d wait for a retry at %s", progress.retrying(), at(retry)));
        }
        UnderWay oldest = found == null ? null : found.oldest();
        if (oldest != null) {
            parts.add(String.format(
                    Locale.ROOT,
                    "%,d under way at %s for %s",
                    progress.underWay(),
                    host(oldest.replica()),
                    since(oldest.since(), now)));
        }
        Double rate = progress.ratePerSecond();
        if (rate != null && rate > 0) {
            parts.add(String.format(Locale.ROOT, rate < 10 ? "%.1f/s" : "%,.0f/s", rate));
        }
        Instant eta = progress.eta();
        if (eta != null) {
            parts.add("done about " + at(eta));
        }
    }

    private static void some(List<String> parts, long number, String what) {
        if (number > 0) {
            parts.add(String.format(Locale.ROOT, "%,d %s", number, what));
        }
    }

    /** A number of things. */
    static String many(long number, String what) {
        return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
    }

    /** Where something is under way, for people. */
    static String host(@Nullable String replica) {
        return replica == null
                ? "a worker that does not say which"
                : UUID.matcher(replica).replaceFirst("");
    }

    static String at(Instant moment) {
        return Timestamps.text(Timestamps.isFinite(moment) ? moment.truncatedTo(ChronoUnit.SECONDS) : moment);
    }

    static String since(Instant from, Instant until) {
        if (!Timestamps.isFinite(from)) {
            return "ever";
        }
        Duration time = Duration.between(from, until);
        return DurationText.of(time.isNegative() ? Duration.ZERO : time);
    }

    /** What somebody or some program wrote, as the end of a sentence. */
    static String words(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() > MOST_WORDS ? line.substring(0, MOST_WORDS) + "…" : line;
    }
}

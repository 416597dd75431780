package io.rpaworker.ops.cli;

import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.RecordIntake;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** Adds the records of a file, batch by batch, each in a transaction of its own. */
final class QueueAdd {

    private static final int MOST_CHARACTERS = 8 << 20;
    private static final int MOST_BATCH = 10_000;

    // Where Jackson would say what it does not show.
    private static final Pattern SOURCE = Pattern.compile("\\s*\\([^(]*\\[Source: REDACTED.*", Pattern.DOTALL);

    // As the intake says which record it refuses.
    private static final Pattern REFUSED = Pattern.compile("Record (\\d+): (.*)", Pattern.DOTALL);

    private final Rpa rpa;
    private final RecordIntake intake;
    private final Path file;
    private final AddOptions options;
    private final boolean stdin;

    private final List<NewRecord> batch = new ArrayList<>();
    private final List<Long> lines = new ArrayList<>();
    private long characters;
    private long read;
    private long skipped;
    private long added;

    QueueAdd(Rpa rpa, RecordIntake intake, Path file, AddOptions options) {
        this.rpa = rpa;
        this.intake = intake;
        this.file = file;
        this.options = options;
        this.stdin = file.toString().equals("-");
    }

    /**
     * What came of it.
     *
     * @param read records that the file has
     * @param skipped those that were added by a call before
     * @param added by this one
     * @param present whose key the flow had already
     */
    private record Added(String flow, long read, long skipped, long added, long present, double seconds) {}

    int run() {
        boolean csv = isCsv();
        if (options.batch < 1 || options.batch > MOST_BATCH) {
            throw Refusal.usage("--batch is from 1 to %,d.".formatted(MOST_BATCH));
        }
        long began = System.nanoTime();
        if (stdin) {
            addAll(csv, null);
        } else {
            try (AddedSoFar soFar = AddedSoFar.of(file, options.flow)) {
                addAll(csv, soFar);
                soFar.forget();
            }
        }
        answer((System.nanoTime() - began) / 1e9);
        return added + skipped == 0 ? ExitCodes.NOTHING : ExitCodes.DONE;
    }

    private void addAll(boolean csv, @Nullable AddedSoFar soFar) {
        long first = options.skip != null ? options.skip : soFar == null ? 0 : soFar.goneBefore();
        var progress = new Progress(rpa.terminal(), soFar == null ? 0 : soFar.size());
        try (InputStream in = stdin ? rpa.terminal().in() : Files.newInputStream(file);
                Reader reader = new InputStreamReader(progress.counting(in), StandardCharsets.UTF_8.newDecoder())) {
            addAll(RecordSource.of(reader, csv, options), first, soFar, progress);
        } catch (CharacterCodingException e) {
            throw told("it is not UTF-8", read + 1);
        } catch (IllegalArgumentException e) {
            throw told(String.valueOf(e.getMessage()), read + 1);
        } catch (IOException e) {
            throw Refusal.failed("%s cannot be read: %s.".formatted(file, OutputFile.reason(e)));
        } finally {
            progress.end();
        }
    }

    private void addAll(RecordSource source, long first, @Nullable AddedSoFar soFar, Progress progress)
            throws IOException {
        while (skipped < first && source.skip()) {
            skipped++;
        }
        read = skipped;
        progress.show(0);
        if (skipped > 0) {
            rpa.terminal().err().printf("Goes on behind record %,d.%n", skipped);
            rpa.terminal().err().flush();
        }
        if (soFar != null) {
            // Now: whoever skips may have mended the file, of which an older note says something else.
            soFar.keep(skipped);
        }
        for (NewRecord record = next(source); record != null; record = next(source)) {
            batch.add(record);
            lines.add(source.line());
            characters += record.payload().length();
            if (batch.size() >= options.batch || characters >= MOST_CHARACTERS) {
                addBatch(soFar);
                progress.show(read - skipped);
            }
        }
        addBatch(soFar);
    }

    private @Nullable NewRecord next(RecordSource source) throws IOException {
        try {
            return source.next();
        } catch (IllegalArgumentException e) {
            throw told(String.valueOf(e.getMessage()), source.line());
        }
    }

    private void addBatch(@Nullable AddedSoFar soFar) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            added += intake.add(options.flow, batch);
        } catch (IllegalArgumentException e) {
            Matcher refused = REFUSED.matcher(String.valueOf(e.getMessage()));
            throw refused.matches()
                    ? told(refused.group(2), lines.get(Integer.parseInt(refused.group(1))))
                    : Refusal.failed(e.getMessage() + ".");
        } catch (DataAccessException | TransactionException e) {
            throw Refusal.failed("%s %s".formatted(Explanation.of(e, rpa).text(), soFar()));
        }
        read += batch.size();
        batch.clear();
        lines.clear();
        characters = 0;
        if (soFar != null) {
            soFar.keep(read);
        }
    }

    // The answer to a batch may have been lost, and not the batch.
    private String soFar() {
        String batchToo = "the next %,d may have been too, so without keys look first".formatted(batch.size());
        return stdin
                ? "%,d records were added, and %s; go on with --skip %d.".formatted(read, batchToo, read)
                : "%,d records of the file were added, and %s; the same command goes on behind them."
                        .formatted(read, batchToo);
    }

    private Refusal told(String reason, long line) {
        return Refusal.failed("Line %,d of %s: %s. %s"
                .formatted(
                        line,
                        stdin ? "standard input" : file,
                        SOURCE.matcher(reason).replaceFirst(""),
                        read == 0
                                ? "Nothing was added."
                                : stdin
                                        ? "%,d records before it were added; go on with --skip %d."
                                                .formatted(read, read)
                                        : "%,d records before it were added; mend it, and go on with --skip %d."
                                                .formatted(read, read)));
    }

    private boolean isCsv() {
        String format = options.format;
        if (format == null) {
            return file.toString().toLowerCase(Locale.ROOT).endsWith(".csv");
        }
        return switch (format.toLowerCase(Locale.ROOT)) {
            case "csv" -> true;
            case "json" -> false;
            default -> throw Refusal.usage("--format is json or csv, not %s.".formatted(format));
        };
    }

    private void answer(double seconds) {
        long present = read - skipped - added;
        var it = new Added(options.flow, read, skipped, added, present, Math.round(seconds * 1000) / 1000.0);
        rpa.answer(it, page -> {
            page.line("%s added to flow %s in %.1f s."
                    .formatted(
                            added == 1 ? "1 record was" : "%,d records were".formatted(added), options.flow, seconds));
            if (present > 0) {
                page.line("%,d were not: the flow has their keys already.".formatted(present));
            }
            if (skipped > 0) {
                page.line("%,d had been added before.".formatted(skipped));
            }
        });
    }
}

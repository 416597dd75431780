package io.rpaworker.run;

import io.rpaworker.flow.RunSettings;
import io.rpaworker.handler.Handled;
import io.rpaworker.handler.Outcome;
import io.rpaworker.handler.Page;
import io.rpaworker.handler.RecordHandler;
import io.rpaworker.handler.RunContext;
import io.rpaworker.handler.Source;
import io.rpaworker.handler.WorkRecord;
import io.rpaworker.payload.InvalidPayloadException;
import io.rpaworker.queue.run.Run;
import io.rpaworker.queue.run.RunDiscovery;
import io.rpaworker.queue.run.RunPart;
import io.rpaworker.queue.run.RunPart.Kind;
import io.rpaworker.queue.run.RunState;
import io.rpaworker.text.PostgresText;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what a run's discovery consists of: reads a page with nothing open, then adds its records and the next page in
 * the transaction that completes the part.
 */
final class DiscoveryHandler<A> implements RecordHandler<RunPart, Found> {

    private static final Logger log = LoggerFactory.getLogger(DiscoveryHandler.class);

    // To count what waits takes a moment when it is much.
    private static final int PAGES_BETWEEN_LOOKS = 10;

    // Each wait is a record, so the first are short and the next ones longer; much longer, and what waits would be
    // done.
    private static final int LONGEST_WAIT = 5;

    private final RunKind<A, ?> kind;
    private final RunDiscovery discovery;
    private final RunSettings settings;

    DiscoveryHandler(RunKind<A, ?> kind, RunDiscovery discovery, RunSettings settings) {
        this.kind = kind;
        this.discovery = discovery;
        this.settings = settings;
    }

    @Override
    public String flow() {
        return kind.flow() + RunPart.DISCOVERY;
    }

    @Override
    public List<Source> sources() {
        return kind.recordSource().sources();
    }

    @Override
    public Outcome<Found> handle(WorkRecord<RunPart> record) throws Exception {
        RunPart part = record.payload();
        Run run = Led.by(discovery, part.run(), record.id()).orElse(null);
        if (run == null) {
            return Outcome.completed(Found.of(Found.What.NOTHING));
        }
        if (part.kind() != Kind.PAGE) {
            return Outcome.completed(Found.of(Found.What.WALK));
        }
        if (run.state() != RunState.DISCOVERING || run.pages() != part.number()) {
            return Outcome.completed(Found.of(Found.What.NOTHING));
        }
        if (part.number() % PAGES_BETWEEN_LOOKS == 0 && discovery.isFull(run.id(), settings.maxOpen())) {
            return Outcome.completed(Found.of(Found.What.FULL));
        }
        return read(run);
    }

    private Outcome<Found> read(Run run) throws Exception {
        RunContext<A> context;
        try {
            context = kind.context(run);
        } catch (InvalidPayloadException e) {
            return Outcome.rejected(RunKind.misfit(e));
        }
        String cursor = run.cursor();
        @Nullable Page page = kind.recordSource().page(context, cursor, settings.pageSize());
        if (page == null) {
            throw new IllegalStateException(
                    "page of %s answers null".formatted(kind.source().origin().text()));
        }
        if (page.next() != null && !PostgresText.canHold(page.next())) {
            return Outcome.rejected("Page %d says that the next one begins where rpa_db cannot note it: NUL, or half a"
                            .formatted(run.pages())
                    + " surrogate pair, is no text");
        }
        if (page.next() != null && page.next().equals(cursor)) {
            return Outcome.rejected(
                    "Page %d says that the next one begins where it does itself, at '%.100s': it would never end"
                            .formatted(run.pages(), cursor));
        }
        return Outcome.completed(
                new Found(Found.What.PAGE, page.records().size(), page.next(), page.records(), run.dryRun()));
    }

    @Override
    public void write(List<Handled<RunPart, Found>> chunk) {
        chunk.forEach(it -> write(it.record().payload(), it.result()));
    }

    private void write(RunPart part, Found found) {
        switch (found.what()) {
            case PAGE ->
                discovery
                        .addPage(part, found.records(), found.dryRun(), found.next())
                        .ifPresent(added -> told(part, found, added));
            case FULL -> discovery.postpone(part, Duration.ofSeconds(Math.min(part.waits() + 1L, LONGEST_WAIT)));
            case WALK -> {
                int retried = discovery.retry(part, kind.flow());
                log.debug("Run {} of flow {} tries {} dead letters again", part.run(), kind.flow(), retried);
            }
            case NOTHING -> {}
        }
    }

    private void told(RunPart part, Found found, int added) {
        if (found.next() == null) {
            log.info("Run {} of flow {} has its last page, {}", part.run(), kind.flow(), part.number() + 1);
        } else {
            log.debug(
                    "Page {} of run {} has {} records, {} of them new", part.number(), part.run(), found.read(), added);
        }
    }
}

package io.rpaworker.worker.settling;

import io.rpaworker.failure.FailureLog;
import io.rpaworker.loop.Loop;
import io.rpaworker.loop.Step;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.settling.Settlement.Complete;
import io.rpaworker.worker.settling.Settlement.Fail;
import io.rpaworker.worker.settling.Settlement.Release;
import io.rpaworker.worker.settling.Settlement.Suspect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Tells PostgreSQL what became of records, chunk by chunk. */
final class Settler<P, R extends @Nullable Object> implements Step {

    private static final FailureLog log = new FailureLog(LoggerFactory.getLogger(Settler.class));

    private final InFlight inFlight;
    private final SettlementBuffer<P, R> buffer;
    private final ChunkCompletion<P, R> completion;
    private final WriteFailures<P, R> writeFailures;
    private final FailuresAndReleases<P, R> failuresAndReleases;
    private final FailedAttempts<P, R> attempts;

    Settler(
            InFlight inFlight,
            SettlementBuffer<P, R> buffer,
            ChunkCompletion<P, R> completion,
            WriteFailures<P, R> writeFailures,
            FailuresAndReleases<P, R> failuresAndReleases,
            FailedAttempts<P, R> attempts) {
        this.inFlight = inFlight;
        this.buffer = buffer;
        this.completion = completion;
        this.writeFailures = writeFailures;
        this.failuresAndReleases = failuresAndReleases;
        this.attempts = attempts;
    }

    @Override
    public Duration comeRound() throws InterruptedException {
        Loop.waits();
        SettlementBuffer.Chunk<P, R> chunk = buffer.take();
        settle(chunk.claim(), chunk.decisions());
        return Duration.ZERO;
    }

    /** Settles some records of one claim, or leaves them to be released later. */
    void settle(InFlightClaim claim, List<Settlement<P, R>> decided) throws InterruptedException {
        try {
            settleByKind(claim, decided);
        } catch (InterruptedException e) {
            inFlight.claims().abandoned(claim, FailuresAndReleases.ids(decided));
            throw e;
        } catch (Throwable e) {
            inFlight.claims().abandoned(claim, FailuresAndReleases.ids(decided));
            log.error(
                    "Could not settle %d records of flow %s; releasing them".formatted(decided.size(), inFlight.flow()),
                    e);
        } finally {
            inFlight.claims().settled(claim, decided.size());
        }
    }

    private void settleByKind(InFlightClaim claim, List<Settlement<P, R>> decided) throws InterruptedException {
        var completes = new ArrayList<Complete<P, R>>();
        var fails = new ArrayList<Fail<P, R>>();
        var backs = new ArrayList<Release<P, R>>();
        var suspects = new ArrayList<Suspect<P, R>>();
        for (Settlement<P, R> decision : decided) {
            switch (decision) {
                case Complete<P, R> it -> completes.add(it);
                case Fail<P, R> it -> fails.add(it);
                case Release<P, R> it -> backs.add(it);
                case Suspect<P, R> it -> suspects.add(it);
            }
        }
        ChunkCompletion.Rest<P, R> rest = completion.complete(claim, completes);
        for (ChunkBisection.Refused<Complete<P, R>> it : rest.refused()) {
            Complete<P, R> complete = it.element();
            if (it.own()) {
                fails.add(writeFailures.failed(complete, it.failure()));
            } else {
                backs.add(Release.postponed(complete.work(), complete.nanos()));
            }
        }
        writeFailures.written(rest);
        failuresAndReleases.fail(claim, fails).forEach(attempts::failed);
        failuresAndReleases.release(claim, backs);
        failuresAndReleases.suspect(claim, suspects);
    }
}

package io.rpaworker.worker.settling;

import io.rpaworker.failure.Failure;
import io.rpaworker.failure.FailureClassifier;
import io.rpaworker.flow.Flow;
import io.rpaworker.handler.FailureRule.Judgement;
import io.rpaworker.queue.Failures;
import io.rpaworker.queue.Releases;
import io.rpaworker.text.FailureReason;
import io.rpaworker.worker.inflight.InFlight;
import io.rpaworker.worker.inflight.InFlightClaim;
import io.rpaworker.worker.settling.Settlement.Fail;
import io.rpaworker.worker.settling.Settlement.Release;
import io.rpaworker.worker.settling.Settlement.Suspect;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.CannotGetJdbcConnectionException;

/**
 * Tells PostgreSQL of records that are not completed this time: failed, or released. What somebody's open transaction
 * has locked is not waited for, since everything behind it would wait too: it is released later.
 */
final class FailuresAndReleases<P, R extends @Nullable Object> {

    private static final Logger log = LoggerFactory.getLogger(FailuresAndReleases.class);

    private final Flow<P, R> flow;
    private final Failures failures;
    private final Releases releases;
    private final FailureClassifier classifier;
    private final InFlight inFlight;
    private final UntilAnswered answers;

    /**
     * Settles records of one flow.
     *
     * @param pause before rpa_db is asked again after it did not answer
     */
    FailuresAndReleases(
            Flow<P, R> flow,
            Failures failures,
            Releases releases,
            FailureClassifier classifier,
            InFlight inFlight,
            Duration pause) {
        this.flow = flow;
        this.failures = failures;
        this.releases = releases;
        this.classifier = classifier;
        this.inFlight = inFlight;
        this.answers = new UntilAnswered(flow.name(), this::isOutage, pause);
    }

    /**
     * What PostgreSQL said in the end.
     *
     * @param ours the records that the last statement settled
     * @param whole whether the others were nobody's of ours: nothing that may have happened was sent before
     */
    private record Answer(Set<Long> ours, boolean whole) {}

    /** Fails records; answers with those that PostgreSQL has taken. */
    List<Fail<P, R>> fail(InFlightClaim claim, List<Fail<P, R>> fails) throws InterruptedException {
        if (fails.isEmpty()) {
            return fails;
        }
        Map<Long, Failure> rows =
                fails.stream().collect(Collectors.toMap(it -> it.work().record().id(), Fail::failure));
        Answer answer = untilAnswered(claim, rows.size(), () -> record(claim.id(), rows));
        List<Long> others = leaveLocked(claim, ids(fails), answer);
        Set<Long> failed = answer.whole() ? answer.ours() : withEarlier(claim, answer.ours(), others);
        List<Fail<P, R>> taken = fails.stream()
                .filter(it -> failed.contains(it.work().record().id()))
                .toList();
        taken.forEach(it -> inFlight.meters().failed(it.failure(), it.nanos()));
        reportLost(answer, others.size());
        return taken;
    }

    // Recording a failure cannot itself fail for what the failure says.
    private Set<Long> record(UUID claimId, Map<Long, Failure> rows) {
        try {
            return failures.fail(claimId, flow.handlerClass(), rows);
        } catch (RuntimeException e) {
            if (isOutage(e)) {
                throw e;
            }
            log.warn("Could not record failures of flow {} as they are: {}", flow.name(), FailureReason.of(e));
            return failures.fail(
                    claimId,
                    flow.handlerClass(),
                    rows.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, it -> plain(it.getValue()))));
        }
    }

    private static Failure plain(Failure failure) {
        return new Failure(
                "Failed; the reason could not be recorded", failure.kind(), null, failure.retryAfter(), failure.took());
    }

    // With those of a statement whose answer was lost.
    private Set<Long> withEarlier(InFlightClaim claim, Set<Long> ours, List<Long> others) throws InterruptedException {
        var failed = new HashSet<>(ours);
        if (!others.isEmpty()) {
            failed.addAll(untilAnswered(claim, others.size(), () -> failures.failed(claim.id(), others))
                    .ours());
        }
        return failed;
    }

    void release(InFlightClaim claim, List<Release<P, R>> backs) throws InterruptedException {
        Map<Boolean, List<Release<P, R>>> byDelay =
                backs.stream().collect(Collectors.partitioningBy(it -> it.delay() != null));
        for (List<Release<P, R>> some : byDelay.values()) {
            if (!some.isEmpty()) {
                Duration delay = some.getFirst().delay();
                release(
                        claim,
                        some,
                        ids -> delay == null
                                ? releases.release(claim.id(), ids)
                                : releases.postpone(claim.id(), ids, delay));
            }
        }
    }

    void suspect(InFlightClaim claim, List<Suspect<P, R>> suspects) throws InterruptedException {
        if (!suspects.isEmpty()) {
            release(claim, suspects, ids -> releases.suspect(claim.id(), ids));
        }
    }

    private void release(
            InFlightClaim claim, List<? extends Settlement<P, R>> some, Function<List<Long>, Set<Long>> statement)
            throws InterruptedException {
        List<Long> ids = ids(some);
        Answer answer = untilAnswered(claim, ids.size(), () -> statement.apply(ids));
        for (Settlement<P, R> it : some) {
            if (answer.ours().contains(it.work().record().id())) {
                inFlight.meters().released(it.nanos());
            }
        }
        reportLost(answer, leaveLocked(claim, ids, answer).size());
    }

    /** Leaves what somebody has locked for later; answers with what was not settled for any other reason. */
    private List<Long> leaveLocked(InFlightClaim claim, List<Long> ids, Answer answer) throws InterruptedException {
        List<Long> others =
                ids.stream().filter(id -> !answer.ours().contains(id)).toList();
        if (others.isEmpty()) {
            return others;
        }
        Set<Long> locked = untilAnswered(claim, others.size(), () -> releases.held(claim.id(), others))
                .ours();
        if (locked.isEmpty()) {
            return others;
        }
        inFlight.claims().abandoned(claim, List.copyOf(locked));
        return others.stream().filter(id -> !locked.contains(id)).toList();
    }

    // These statements may be sent twice: the second finds nothing that is still the claim's.
    private Answer untilAnswered(InFlightClaim claim, int records, Supplier<Set<Long>> statement)
            throws InterruptedException {
        var whole = new AtomicBoolean(true);
        return answers.ask(claim, "Settling", records, () -> {
                    try {
                        return new Answer(statement.get(), whole.get());
                    } catch (RuntimeException e) {
                        whole.compareAndSet(true, e instanceof CannotGetJdbcConnectionException);
                        throw e;
                    }
                })
                .orElse(new Answer(Set.of(), false));
    }

    private boolean isOutage(Throwable failure) {
        return failure instanceof RuntimeException && classifier.judge(failure) == Judgement.SOURCE_UNAVAILABLE;
    }

    static List<Long> ids(List<? extends Settlement<?, ?>> decisions) {
        return decisions.stream().map(it -> it.work().record().id()).toList();
    }

    private void reportLost(Answer answer, int lost) {
        if (answer.whole() && lost > 0) {
            inFlight.meters().fenceRejected(lost);
            log.warn("{} records of flow {} were no longer ours when they were to be settled", lost, flow.name());
        }
    }
}

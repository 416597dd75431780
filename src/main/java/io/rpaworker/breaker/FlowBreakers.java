package io.rpaworker.breaker;

import io.rpaworker.breaker.CircuitBreaker.Trial;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a flow depends on: the sources that it reads, some of them together with other flows, and rpa_db's taking what
 * it writes, which is the flow's own affair.
 */
public final class FlowBreakers {

    private final List<CircuitBreaker> read;
    private final CircuitBreaker written;
    private final List<CircuitBreaker> all;

    /**
     * Knows the breakers of one flow.
     *
     * @param read of what its handler reads
     * @param written of rpa_db, for this flow alone
     */
    FlowBreakers(List<CircuitBreaker> read, CircuitBreaker written) {
        this.read = List.copyOf(read);
        this.written = written;
        this.all = Stream.concat(read.stream(), Stream.of(written)).toList();
    }

    /** Asks how much may be claimed; probes the sources that are due. */
    public ClaimPermit ask() {
        List<ClaimPermit> permits = all.stream().map(CircuitBreaker::ask).toList();
        List<Trial> trials =
                permits.stream().flatMap(it -> it.trials().stream()).toList();
        if (permits.contains(ClaimPermit.NOTHING)) {
            // Somebody else may try those that answer.
            trials.forEach(Trial::end);
            return ClaimPermit.NOTHING;
        }
        return trials.isEmpty() ? ClaimPermit.BATCHES : ClaimPermit.forOneRecord(trials);
    }

    /** A record that was claimed with this permit has been handled, well or not. */
    public void answered(ClaimPermit permit) {
        for (Trial trial : permit.trials()) {
            if (trial.breaker() != written) {
                trial.answered();
            }
        }
    }

    /**
     * A record found a source not answering. Which one of several it does not say, so they are asked, unless one is
     * known not to answer; if all of them say that they do, the record is believed.
     */
    public void trip(String why) {
        List<CircuitBreaker> silent =
                read.stream().filter(CircuitBreaker::isOpen).toList();
        if (silent.isEmpty() && read.size() > 1) {
            silent = read.stream().filter(it -> !it.answers()).toList();
        }
        (silent.isEmpty() ? read : silent).forEach(it -> it.trip(why));
    }

    /** Asks the sources themselves whether all of them answer. */
    public boolean answer() {
        return read.stream().allMatch(CircuitBreaker::answers);
    }

    /** The same, within a time for all of them together. */
    public boolean answerWithin(Duration bound) {
        return read.stream().allMatch(it -> it.answersWithin(bound.dividedBy(read.size())));
    }

    /** rpa_db has taken what the flow writes. */
    public void written() {
        written.answered();
    }

    /** rpa_db did not take what the flow writes, for no fault of a record's. */
    public void notWritten(String why) {
        written.trip(why);
    }

    /** Which of them the flow waits for, and why; empty while it may claim. */
    public List<Awaited> awaited() {
        return all.stream().flatMap(it -> it.awaited().stream()).toList();
    }

    /** Whether the flow waits for one of them, and not for records. */
    public boolean isAwaited() {
        return all.stream().anyMatch(CircuitBreaker::isAwaited);
    }
}

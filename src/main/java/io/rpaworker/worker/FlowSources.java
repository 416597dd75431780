package io.rpaworker.worker;

import io.rpaworker.worker.Breaker.Trial;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a flow depends on: the sources that it reads, some of them together with other flows, and rpa_db's taking what
 * it writes, which is the flow's own affair.
 */
final class FlowSources {

    private final List<Breaker> read;
    private final Breaker written;
    private final List<Breaker> all;

    /**
     * Knows the breakers of one flow.
     *
     * @param read of what its handler reads
     * @param written of rpa_db, for this flow alone
     */
    FlowSources(List<Breaker> read, Breaker written) {
        this.read = List.copyOf(read);
        this.written = written;
        this.all = Stream.concat(read.stream(), Stream.of(written)).toList();
    }

    /** Asks how much may be claimed; probes the sources that are due. */
    Permit ask() {
        List<Permit> permits = all.stream().map(Breaker::ask).toList();
        List<Trial> trials =
                permits.stream().flatMap(it -> it.trials().stream()).toList();
        if (permits.contains(Permit.NOTHING)) {
            // Somebody else may try those that answer.
            trials.forEach(Trial::end);
            return Permit.NOTHING;
        }
        return trials.isEmpty() ? Permit.BATCHES : Permit.forOneRecord(trials);
    }

    /** A record that was claimed with this permit has been handled, well or not. */
    void answered(Permit permit) {
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
    void trip(String why) {
        List<Breaker> silent = read.stream().filter(Breaker::isOpen).toList();
        if (silent.isEmpty() && read.size() > 1) {
            silent = read.stream().filter(it -> !it.answers()).toList();
        }
        (silent.isEmpty() ? read : silent).forEach(it -> it.trip(why));
    }

    /** Asks the sources themselves whether all of them answer. */
    boolean answer() {
        return read.stream().allMatch(Breaker::answers);
    }

    /** The same, within a time for all of them together. */
    boolean answerWithin(Duration bound) {
        return read.stream().allMatch(it -> it.answersWithin(bound.dividedBy(read.size())));
    }

    /** rpa_db has taken what the flow writes. */
    void written() {
        written.answered();
    }

    /** rpa_db did not take what the flow writes, for no fault of a record's. */
    void notWritten(String why) {
        written.trip(why);
    }

    /** Whether all of them answer, as far as is known. */
    boolean areSound() {
        return all.stream().allMatch(Breaker::isClosed);
    }

    /** Whether the flow waits for one of them, and not for records. */
    boolean isAwaited() {
        return all.stream().anyMatch(Breaker::isAwaited);
    }
}

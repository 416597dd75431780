package io.rpaworker.ops.diagnosis;

import io.rpaworker.ops.QueueSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * What is known before the checks look.
 *
 * @param now for what is shown
 * @param snapshot the latest counts; empty if there are none, and for checks that ask rpa_db themselves
 * @param responseTime what rpa_db took to answer; empty if it has not
 * @param facts what was read of rpa_db once for all checks
 */
record Scene(Instant now, Optional<QueueSnapshot> snapshot, Optional<Duration> responseTime, Facts facts) {

    /** When something began, for people. */
    Instant ago(Duration age) {
        return now.minus(age).truncatedTo(ChronoUnit.SECONDS);
    }
}

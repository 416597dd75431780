package io.rpaworker.worker.inflight;

import io.micrometer.core.instrument.MeterRegistry;
import io.rpaworker.flow.Flow;
import io.rpaworker.history.Tallies;
import io.rpaworker.queue.ClaimJournal;
import io.rpaworker.queue.Releases;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * What this process holds of one flow, which all its stages share.
 *
 * @param flow its name
 * @param claims those with records that are not settled yet
 * @param cleanup what is to be told of claims later
 * @param bounds of every claim
 * @param meters of the flow
 * @param time and what else its stages do not decide themselves
 */
public record InFlight(
        String flow,
        InFlightClaims claims,
        ClaimCleanup cleanup,
        ClaimBounds bounds,
        FlowMeters meters,
        TimeAndChance time) {

    /** Makes what a flow holds: nothing at first. */
    @Component
    public static class Factory {

        private final ClaimJournal journal;
        private final Releases releases;
        private final ClaimBounds bounds;
        private final MeterRegistry registry;
        private final Tallies tallies;
        private final TimeAndChance time;

        @Autowired
        Factory(ClaimJournal journal, Releases releases, ClaimBounds bounds, MeterRegistry registry, Tallies tallies) {
            this(journal, releases, bounds, registry, tallies, TimeAndChance.REAL);
        }

        Factory(
                ClaimJournal journal,
                Releases releases,
                ClaimBounds bounds,
                MeterRegistry registry,
                Tallies tallies,
                TimeAndChance time) {
            this.journal = journal;
            this.releases = releases;
            this.bounds = bounds;
            this.registry = registry;
            this.tallies = tallies;
            this.time = time;
        }

        /** What one flow holds. */
        public InFlight of(Flow<?, ?> flow) {
            var meters = new FlowMeters(registry, tallies.of(flow.name()), flow.name());
            var cleanup = new ClaimCleanup(journal, releases, meters);
            return new InFlight(flow.name(), new InFlightClaims(cleanup), cleanup, bounds, meters, time);
        }
    }
}

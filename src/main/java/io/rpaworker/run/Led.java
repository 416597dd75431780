package io.rpaworker.run;

import io.rpaworker.queue.run.Run;
import io.rpaworker.queue.run.Run.Leader;
import io.rpaworker.queue.run.RunDiscovery;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes the lead of a run with one of its parts, and says so. */
final class Led {

    private static final Logger log = LoggerFactory.getLogger(Led.class);

    private Led() {}

    /** The run whose part this replica has claimed; empty if there is none any more. */
    static Optional<Run> by(RunDiscovery discovery, long run, long record) {
        return discovery.lead(run, record).map(it -> {
            Leader leader = it.run().leader();
            if (it.elected() && leader != null) {
                log.info(
                        "Elected leader of run {} of flow {}, term {}: {}",
                        run,
                        it.run().flow(),
                        leader.term(),
                        leader.replica());
            }
            return it.run();
        });
    }
}

package io.rpaworker.worker;

import io.rpaworker.queue.Replica;
import io.rpaworker.queue.ThisProcess;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Tells the chores what they have to know of this process. */
@Component
class WorkerProcess implements ThisProcess {

    private final Lease lease;
    private final Flows flows;

    WorkerProcess(Lease lease, Flows flows) {
        this.lease = lease;
        this.flows = flows;
    }

    @Override
    public Optional<Replica> replica() {
        return lease.replica();
    }

    @Override
    public boolean isSettled() {
        return lease.isSettled();
    }

    @Override
    public Map<String, Duration> cleanupTimeouts() {
        return flows.cleanupTimeouts();
    }

    @Override
    public Set<String> knownFlows() {
        return flows.known();
    }
}

package io.rpaworker.ops.diagnosis;

import io.rpaworker.lease.Heartbeat;
import io.rpaworker.worker.WakeUpMode;
import io.rpaworker.worker.Worker;
import java.util.List;
import org.springframework.stereotype.Component;

/** Wake-ups that are wanted and do not arrive. */
@Component
class WakeUpCheck implements ReplicaCheck {

    static final Kind UNHEARD = Kind.warning("wake-up-unheard");

    private final Worker worker;
    private final Heartbeat heartbeat;

    WakeUpCheck(Worker worker, Heartbeat heartbeat) {
        this.worker = worker;
        this.heartbeat = heartbeat;
    }

    @Override
    public boolean asksRpaDb() {
        return false;
    }

    // Nobody listens before the first lease, nor without flows.
    @Override
    public List<Finding> look(Scene scene) {
        if (heartbeat.instance().isEmpty() || worker.flows().isEmpty() || worker.wakeUps() != WakeUpMode.POLLING) {
            return List.of();
        }
        return List.of(UNHEARD.found(
                "New records do not wake this replica: notifications do not arrive, and it looks every poll-interval",
                "Let the listening connection reach PostgreSQL without a pooler in transaction mode, or set"
                        + " rpa.worker.wake-up to false if looking is enough."));
    }
}

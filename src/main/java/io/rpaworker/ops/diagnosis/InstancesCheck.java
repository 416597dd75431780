package io.rpaworker.ops.diagnosis;

import io.rpaworker.leader.CurrentTerm;
import io.rpaworker.leader.CurrentTerm.LastTerm;
import io.rpaworker.lease.RegisteredInstances;
import io.rpaworker.lease.RegisteredInstances.Registered;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Leases that ran out and that nobody has swept, and replicas without a leader. */
@Component
class InstancesCheck implements Check {

    static final Kind EXPIRED = Kind.warning("expired-lease");
    static final Kind NO_LEADER = Kind.warning("no-leader");

    private static final int MOST_NAMED = 10;
    private static final String CHORES = "See that rpa.maintenance.enabled is true on one replica at least, and look at"
            + " the health of worker and the log of those for what keeps chores from running.";

    private final RegisteredInstances instances;
    private final CurrentTerm term;
    private final DiagnosisProperties properties;

    InstancesCheck(RegisteredInstances instances, CurrentTerm term, DiagnosisProperties properties) {
        this.instances = instances;
        this.term = term;
        this.properties = properties;
    }

    @Override
    public List<Finding> look(Scene scene) {
        List<Registered> all = instances.find();
        var findings = new ArrayList<Finding>();
        List<Registered> expired = all.stream()
                .filter(it -> !it.isLive() && it.overdue().compareTo(properties.sweepAfter()) > 0)
                .toList();
        if (!expired.isEmpty()) {
            findings.add(EXPIRED.found(
                            "The leases of %d replicas ran out, and nobody has recovered what they held"
                                    .formatted(expired.size()),
                            CHORES)
                    .with("replicas", expired.size())
                    .with(
                            "instance_ids",
                            expired.stream()
                                    .limit(MOST_NAMED)
                                    .map(Registered::id)
                                    .toList())
                    .since(scene.ago(expired.getFirst().overdue())));
        }
        long live = all.stream()
                .filter(it -> it.isLive() && it.age().compareTo(properties.leaderAfter()) > 0)
                .count();
        if (live > 0) {
            leaderless(scene, live).ifPresent(findings::add);
        }
        return findings;
    }

    private Optional<Finding> leaderless(Scene scene, long live) {
        Optional<LastTerm> last = term.find();
        if (last.filter(it -> it.held() || (it.over() != null && it.over().compareTo(properties.leaderAfter()) <= 0))
                .isPresent()) {
            return Optional.empty();
        }
        Finding finding = NO_LEADER
                .found(
                        "%d replicas live, and none leads: retention, totals and most retries wait".formatted(live),
                        CHORES)
                .with("live_replicas", live);
        if (last.isEmpty()) {
            return Optional.of(finding);
        }
        finding = finding.with("last_holder", last.get().holder())
                .with("term", last.get().term());
        var over = last.get().over();
        return Optional.of(over == null ? finding : finding.since(scene.ago(over)));
    }
}

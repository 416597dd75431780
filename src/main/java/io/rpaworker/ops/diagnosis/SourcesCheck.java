package io.rpaworker.ops.diagnosis;

import io.rpaworker.ops.Hindrances;
import io.rpaworker.ops.Hindrances.Hindrance;
import java.util.List;
import org.springframework.stereotype.Component;

/** Sources that flows of this replica wait for. */
@Component
class SourcesCheck implements ReplicaCheck {

    static final Kind UNAVAILABLE = Kind.warning("source-unavailable");

    private final Hindrances hindrances;

    SourcesCheck(Hindrances hindrances) {
        this.hindrances = hindrances;
    }

    @Override
    public boolean asksRpaDb() {
        return false;
    }

    @Override
    public List<Finding> look(Scene scene) {
        return findings(scene, hindrances.here());
    }

    // Why it does not answer is an error's text, which health and the command line have.
    static List<Finding> findings(Scene scene, List<Hindrance> hindrances) {
        return Hindrances.waits(hindrances).stream()
                .map(it -> UNAVAILABLE
                        .found(
                                "Flows wait for source %s on %s".formatted(it.source(), String.join(", ", it.hosts())),
                                "See to the source; rpa status says what it answers, and so does unavailable_sources in a"
                                        + " replica's health of worker. The flows go on by themselves.")
                        .with("source", it.source())
                        .with("flows", List.copyOf(it.flows()))
                        .with("replicas", List.copyOf(it.hosts()))
                        .since(scene.ago(it.waiting())))
                .toList();
    }
}

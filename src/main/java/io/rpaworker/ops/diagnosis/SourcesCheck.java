package io.rpaworker.ops.diagnosis;

import io.rpaworker.breaker.CircuitBreakers;
import java.util.List;
import org.springframework.stereotype.Component;

/** Sources that flows of this replica wait for. */
@Component
class SourcesCheck implements ReplicaCheck {

    static final Kind UNAVAILABLE = Kind.warning("source-unavailable");

    private final CircuitBreakers breakers;

    SourcesCheck(CircuitBreakers breakers) {
        this.breakers = breakers;
    }

    @Override
    public boolean asksRpaDb() {
        return false;
    }

    // Why it does not answer is an error's text, which health has.
    @Override
    public List<Finding> look(Scene scene) {
        return breakers.unavailable().keySet().stream()
                .map(it -> UNAVAILABLE
                        .found(
                                "Flows of this replica wait for source %s".formatted(it),
                                "See to the source; unavailable_sources in the health of worker says what it answers. The"
                                        + " flows go on by themselves.")
                        .with("source", it))
                .toList();
    }
}

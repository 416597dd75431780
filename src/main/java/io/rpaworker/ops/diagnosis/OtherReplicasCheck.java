package io.rpaworker.ops.diagnosis;

import io.rpaworker.ops.Hindrances;
import io.rpaworker.ops.Hindrances.Hindrance;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** What hinders flows on the other replicas, as they have told: sources that they wait for, calls that hang. */
@Component
class OtherReplicasCheck implements Check {

    private final Hindrances hindrances;

    OtherReplicasCheck(Hindrances hindrances) {
        this.hindrances = hindrances;
    }

    @Override
    public List<Finding> look(Scene scene) {
        List<Hindrance> elsewhere = hindrances.elsewhere();
        return Stream.concat(
                        SourcesCheck.findings(scene, elsewhere).stream(),
                        CallsCheck.findings(scene, elsewhere).stream())
                .toList();
    }
}

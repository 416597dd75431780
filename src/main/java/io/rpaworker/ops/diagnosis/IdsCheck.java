package io.rpaworker.ops.diagnosis;

import io.rpaworker.queue.shape.IdRoom;
import java.util.List;
import org.springframework.stereotype.Component;

/** Ids that come to their end. */
@Component
class IdsCheck implements Check {

    static final Kind RUN_OUT = Kind.critical("ids-run-out");

    private final IdRoom room;
    private final DiagnosisProperties properties;

    IdsCheck(IdRoom room, DiagnosisProperties properties) {
        this.room = room;
        this.properties = properties;
    }

    @Override
    public List<Finding> look(Scene scene) {
        return room.sequences().stream()
                .filter(it -> it.usedPercent() > properties.idsPercent())
                .map(it -> RUN_OUT.found(
                                "%.0f %% of the ids of %s are used up".formatted(it.usedPercent(), it.relation()),
                                "alter sequence %s as bigint no maxvalue; and, if the column is narrower: alter table %s alter"
                                                .formatted(it.sequence(), it.relation())
                                        + " column id type bigint; which rewrites the table.")
                        .with("relation", it.relation())
                        .with("reached", it.reached())
                        .with("last", it.last()))
                .toList();
    }
}

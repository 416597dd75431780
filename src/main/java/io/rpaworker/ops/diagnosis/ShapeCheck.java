package io.rpaworker.ops.diagnosis;

import io.rpaworker.queue.shape.QueueShape;
import io.rpaworker.queue.shape.QueueShape.Part;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Where the queue's table is not what the migrations made of it. */
@Component
class ShapeCheck implements Check {

    static final Kind MISSING_COLUMN = Kind.critical("missing-column");
    static final Kind MISSING_INDEX = Kind.critical("missing-index");
    static final Kind MISSING_TRIGGER = Kind.critical("missing-trigger");
    static final Kind MISSING_FUNCTION = Kind.critical("missing-function");
    static final Kind CHANGED_COLUMN = Kind.warning("changed-column");
    static final Kind CHANGED_INDEX = Kind.warning("changed-index");
    static final Kind CHANGED_TRIGGER = Kind.warning("changed-trigger");
    static final Kind CHANGED_FUNCTION = Kind.warning("changed-function");
    static final Kind INVALID_INDEX = Kind.critical("invalid-index");
    static final Kind DISABLED_TRIGGER = Kind.critical("disabled-trigger");
    static final Kind EXTRA_INDEX = Kind.info("extra-index");
    static final Kind EXTRA_TRIGGER = Kind.info("extra-trigger");

    private static final Map<String, Kind> MISSING = Map.of(
            "column", MISSING_COLUMN, "index", MISSING_INDEX, "trigger", MISSING_TRIGGER, "function", MISSING_FUNCTION);
    private static final Map<String, Kind> CHANGED = Map.of(
            "column", CHANGED_COLUMN, "index", CHANGED_INDEX, "trigger", CHANGED_TRIGGER, "function", CHANGED_FUNCTION);
    private static final Map<String, Kind> BROKEN = Map.of("index", INVALID_INDEX, "trigger", DISABLED_TRIGGER);
    private static final Map<String, Kind> EXTRA = Map.of("index", EXTRA_INDEX, "trigger", EXTRA_TRIGGER);

    private static final String MAKE_AGAIN =
            "Make it again as the worker's migrations do, db/migration in the jar; docs/dba.md shows the whole table.";

    private final QueueShape shape;
    private final Map<String, Part> expected = byName(QueueShape.expected());

    ShapeCheck(QueueShape shape) {
        this.shape = shape;
    }

    @Override
    public List<Finding> look(Scene scene) {
        Map<String, Part> found = byName(shape.find());
        if (found.isEmpty()) {
            return List.of();
        }
        return Stream.of(
                        expected.entrySet().stream()
                                .filter(it -> !found.containsKey(it.getKey()))
                                .map(it -> finding(MISSING, it.getValue(), "is missing", MAKE_AGAIN)),
                        found.entrySet().stream()
                                .filter(it -> isChanged(it.getValue(), expected.get(it.getKey())))
                                .map(it ->
                                        finding(CHANGED, it.getValue(), "is not what the migrations made", MAKE_AGAIN)),
                        found.values().stream().filter(Part::broken).map(ShapeCheck::broken),
                        found.entrySet().stream()
                                .filter(it -> !expected.containsKey(it.getKey())
                                        && EXTRA.containsKey(it.getValue().kind()))
                                .map(it -> extra(it.getValue())))
                .flatMap(Function.identity())
                .toList();
    }

    private static boolean isChanged(Part found, @Nullable Part expected) {
        return expected != null && !expected.definition().equals(found.definition());
    }

    private static Finding broken(Part part) {
        return part.kind().equals("index")
                ? finding(
                        BROKEN,
                        part,
                        "is not valid: nobody can use it, and everybody has to maintain it",
                        "reindex index concurrently %s;".formatted(part.name()))
                : finding(
                        BROKEN,
                        part,
                        "is switched off",
                        "alter table %s enable trigger %s; and have the totals compared: select * from queue_recount();"
                                .formatted(part.relation(), part.name()));
    }

    private static Finding extra(Part part) {
        return part.kind().equals("index")
                ? finding(
                        EXTRA,
                        part,
                        "is none of the worker's: each claim and each new record has to maintain it",
                        "drop index concurrently %s; unless somebody needs it: one that mentions status, claimed_at or"
                                        .formatted(part.name())
                                + " completed_at halves the throughput.")
                : finding(
                        EXTRA,
                        part,
                        "is none of the worker's: it is called for what the worker does as well",
                        "See that it is quick and changes nothing of a record, or drop it.");
    }

    private static Finding finding(Map<String, Kind> kinds, Part part, String what, String whatToDo) {
        return Objects.requireNonNull(kinds.get(part.kind()))
                .found("The %s %s of the queue's table %s".formatted(part.kind(), part.name(), what), whatToDo)
                .with("name", part.name());
    }

    private static Map<String, Part> byName(List<Part> parts) {
        return parts.stream().collect(Collectors.toMap(it -> it.kind() + " " + it.name(), Function.identity()));
    }
}

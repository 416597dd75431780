package io.rpaworker.ops.diagnosis;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toCollection;

import io.rpaworker.flow.Partition;
import io.rpaworker.lease.LiveHandlers.LiveHandler;
import io.rpaworker.ops.QueueSnapshot;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Shares of a flow that no live replica takes, that two take, or that do not fit together. */
@Component
class PartitionsCheck implements Check {

    static final Kind GAP = Kind.critical("partition-gap");
    static final Kind DOUBLE = Kind.warning("partition-double");
    static final Kind DIFFERING = Kind.warning("differing-partitions");

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String SETTING = "rpa.flows.%s.partition.%s";

    @Override
    public boolean asksRpaDb() {
        return false;
    }

    @Override
    public List<Finding> look(Scene scene) {
        return scene.snapshot().stream().flatMap(PartitionsCheck::findings).toList();
    }

    private static Stream<Finding> findings(QueueSnapshot snapshot) {
        // Whoever does not say what it processes may process anything.
        if (snapshot.handlers().stream().anyMatch(it -> it.flow() == null)) {
            return Stream.empty();
        }
        var byFlow = new TreeMap<>(
                snapshot.handlers().stream().collect(groupingBy(it -> Objects.requireNonNull(it.flow()))));
        return byFlow.entrySet().stream()
                .filter(it -> it.getValue().stream().allMatch(PartitionsCheck::tells))
                .flatMap(it -> findings(it.getKey(), it.getValue(), snapshot));
    }

    private static boolean tells(LiveHandler live) {
        return live.handler() != null && live.handler().partition() != null;
    }

    private static Stream<Finding> findings(String flow, List<LiveHandler> live, QueueSnapshot snapshot) {
        List<LiveHandler> settled = live.stream().filter(LiveHandler::settled).toList();
        Stream<Finding> ofSettled =
                counts(settled).size() > 1 ? Stream.of(differing(flow, settled)) : doubles(flow, settled);
        // A replica that starts again leaves a gap for a moment; while all change to another count there is none.
        boolean waits = snapshot.oldestAge(flow).compareTo(PATIENCE) >= 0;
        SortedSet<Integer> counts = counts(live);
        return waits && counts.size() == 1 ? Stream.concat(gaps(flow, counts.first(), live), ofSettled) : ofSettled;
    }

    private static SortedSet<Integer> counts(List<LiveHandler> replicas) {
        return replicas.stream().map(it -> partition(it).count()).collect(toCollection(TreeSet::new));
    }

    private static Finding differing(String flow, List<LiveHandler> settled) {
        List<String> who = settled.stream()
                .map(it -> "%s on %s".formatted(text(partition(it)), it.host()))
                .sorted()
                .toList();
        return DIFFERING
                .found(
                        "Live replicas divide flow %s differently: %s. Some records are taken by several, others may be"
                                        .formatted(flow, String.join(", ", who))
                                + " by none",
                        "Set %s to the same on all replicas.".formatted(SETTING.formatted(flow, "instance-count")))
                .with(Finding.FLOW, flow)
                .with("partitions", who);
    }

    private static Stream<Finding> gaps(String flow, int count, List<LiveHandler> live) {
        var missing = new TreeSet<Integer>();
        IntStream.range(0, count).forEach(missing::add);
        live.forEach(it -> missing.remove(partition(it).index()));
        if (missing.isEmpty()) {
            return Stream.empty();
        }
        return Stream.of(GAP.found(
                        "Flow %s is divided by %d, and no live replica takes the records of %s"
                                .formatted(flow, count, missing),
                        "Start a replica with %s for each of them, or lower instance-count on all replicas."
                                .formatted(SETTING.formatted(flow, "instance-id")))
                .with(Finding.FLOW, flow)
                .with("instance_count", count)
                .with("instance_ids", List.copyOf(missing)));
    }

    private static Stream<Finding> doubles(String flow, List<LiveHandler> settled) {
        var byIndex = new TreeMap<>(settled.stream()
                .filter(it -> partition(it).count() > 1)
                .collect(groupingBy(it -> partition(it).index())));
        return byIndex.entrySet().stream()
                .filter(it -> it.getValue().size() > 1)
                .map(it -> {
                    List<String> hosts = it.getValue().stream()
                            .map(LiveHandler::host)
                            .sorted(Comparator.naturalOrder())
                            .toList();
                    return DOUBLE.found(
                                    "%d live replicas take the same records of flow %s, %d: %s. No record is done twice, but they"
                                                    .formatted(
                                                            hosts.size(), flow, it.getKey(), String.join(", ", hosts))
                                            + " share one replica's work",
                                    "Give each replica a %s of its own, unless one stands by for the other."
                                            .formatted(SETTING.formatted(flow, "instance-id")))
                            .with(Finding.FLOW, flow)
                            .with("instance_id", it.getKey())
                            .with("hosts", hosts);
                });
    }

    private static Partition partition(LiveHandler live) {
        return Objects.requireNonNull(Objects.requireNonNull(live.handler()).partition());
    }

    private static String text(Partition it) {
        return it.equals(Partition.ALL) ? "all records" : "%d of %d".formatted(it.index(), it.count());
    }
}

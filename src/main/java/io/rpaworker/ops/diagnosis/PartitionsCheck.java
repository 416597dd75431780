package io.rpaworker.ops.diagnosis;

import static java.util.stream.Collectors.groupingBy;

import io.rpaworker.flow.Partition;
import io.rpaworker.lease.LiveHandlers.LiveHandler;
import io.rpaworker.ops.QueueSnapshot;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
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
        var byFlow = new TreeMap<>(snapshot.handlers().stream()
                .filter(it -> it.flow() != null && it.handler() != null)
                .collect(groupingBy(it -> Objects.requireNonNull(it.flow()))));
        return byFlow.entrySet().stream().flatMap(it -> findings(it.getKey(), it.getValue()));
    }

    // Without those that have settled it is a rollout, which begins with a gap and may differ.
    private static Stream<Finding> findings(String flow, List<LiveHandler> live) {
        List<LiveHandler> settled = live.stream().filter(LiveHandler::settled).toList();
        var counts = new TreeSet<Integer>();
        settled.forEach(it -> counts.add(partition(it).count()));
        if (counts.isEmpty()) {
            return Stream.empty();
        }
        return counts.size() > 1
                ? Stream.of(differing(flow, settled))
                : Stream.concat(gaps(flow, counts.first(), live), doubles(flow, settled));
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
        live.stream()
                .map(PartitionsCheck::partition)
                .filter(it -> it.count() == count)
                .forEach(it -> missing.remove(it.index()));
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
        Partition told = Objects.requireNonNull(live.handler()).partition();
        return told == null ? Partition.ALL : told;
    }

    private static String text(Partition it) {
        return it.equals(Partition.ALL) ? "all records" : "%d of %d".formatted(it.index(), it.count());
    }
}

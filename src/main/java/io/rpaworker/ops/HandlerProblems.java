package io.rpaworker.ops;

import io.rpaworker.flow.HandledBy;
import io.rpaworker.lease.LiveHandlers.LiveHandler;
import io.rpaworker.text.Nearest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What is wrong with who handles which flow, over all replicas: nobody does, or they do it differently. */
public final class HandlerProblems {

    // A rolling restart, or the first claim after an outage, is no problem.
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    // Producers may invent any number of names.
    private static final int MOST = 10;

    private HandlerProblems() {}

    /**
     * A flow that has due records and no live replica to process it.
     *
     * @param flow its name
     * @param dueFor how long the oldest of them has waited
     * @param handled the flows that live replicas process
     */
    public record Unhandled(String flow, Duration dueFor, Set<String> handled) {

        /** The flow of the nearest name that a live replica processes; empty if none processes any. */
        public Optional<String> nearest() {
            return handled.isEmpty() ? Optional.empty() : Optional.of(Nearest.to(flow, handled));
        }

        /** The same, as people read it. */
        public String text() {
            return "Records of flow %s have been due for %s, and no live replica processes it%s"
                    .formatted(
                            flow,
                            people(dueFor),
                            nearest()
                                    .map(it -> "; the nearest flow that one does is " + it)
                                    .orElse(""));
        }
    }

    /**
     * A flow that live replicas process with handlers of different classes.
     *
     * @param flow its name
     * @param replicas one for each class
     */
    public record Differing(String flow, List<LiveHandler> replicas) {

        /** Which handler is on which host. */
        public List<String> who() {
            return replicas.stream()
                    .map(it -> "%s on %s".formatted(handler(it).text(), it.host()))
                    .toList();
        }

        /** The same, as people read it. */
        public String text() {
            return "Live replicas process flow %s with different handlers: %s. Which one takes a record is chance"
                    .formatted(flow, String.join(", ", who()));
        }
    }

    /** All of them as people read them; of many flows without a replica, those that have waited longest. */
    public static List<String> of(QueueSnapshot snapshot) {
        List<Unhandled> unhandled = unhandled(snapshot);
        var problems = new ArrayList<String>();
        unhandled.stream().limit(MOST).forEach(it -> problems.add(it.text()));
        if (unhandled.size() > MOST) {
            problems.add(
                    "%d more flows have due records that no live replica processes".formatted(unhandled.size() - MOST));
        }
        differing(snapshot).forEach(it -> problems.add(it.text()));
        return problems;
    }

    /** Flows with records that have been due for a minute and that nobody processes, the longest first. */
    public static List<Unhandled> unhandled(QueueSnapshot snapshot) {
        // Whoever does not say what it processes may process anything.
        if (snapshot.handlers().stream().anyMatch(it -> it.flow() == null)) {
            return List.of();
        }
        Set<String> handled = snapshot.handlers().stream()
                .map(it -> Objects.requireNonNull(it.flow()))
                .collect(Collectors.toCollection(TreeSet::new));
        return snapshot.oldestAges().entrySet().stream()
                .filter(it -> it.getValue().compareTo(PATIENCE) >= 0 && !handled.contains(it.getKey()))
                .sorted(Map.Entry.<String, Duration>comparingByValue().reversed())
                .map(it -> new Unhandled(it.getKey(), it.getValue(), handled))
                .toList();
    }

    /** Flows that replicas which have settled process differently, by name. */
    public static List<Differing> differing(QueueSnapshot snapshot) {
        var byFlow = new TreeMap<String, Map<String, LiveHandler>>();
        snapshot.handlers().stream()
                .filter(it -> it.settled() && it.flow() != null && it.handler() != null)
                .forEach(it -> byFlow.computeIfAbsent(Objects.requireNonNull(it.flow()), flow -> new TreeMap<>())
                        .putIfAbsent(handler(it).handler(), it));
        return byFlow.entrySet().stream()
                .filter(it -> it.getValue().size() > 1)
                .map(it -> new Differing(it.getKey(), List.copyOf(it.getValue().values())))
                .toList();
    }

    private static HandledBy handler(LiveHandler live) {
        return Objects.requireNonNull(live.handler());
    }

    private static String people(Duration age) {
        return age.toMinutes() < 120 ? age.toMinutes() + " min" : age.toHours() + " h";
    }
}

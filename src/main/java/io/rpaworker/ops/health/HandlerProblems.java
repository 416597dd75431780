package io.rpaworker.ops.health;

import io.rpaworker.flow.HandledBy;
import io.rpaworker.lease.LiveHandlers.LiveHandler;
import io.rpaworker.ops.QueueSnapshot;
import io.rpaworker.text.Nearest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What is wrong with who handles which flow, over all replicas: nobody does, or they do it differently. */
final class HandlerProblems {

    // A rolling restart, or the first claim after an outage, is no problem.
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    // Producers may invent any number of names.
    private static final int MOST = 10;

    private HandlerProblems() {}

    static List<String> of(QueueSnapshot snapshot) {
        var problems = new ArrayList<String>();
        problems.addAll(unhandled(snapshot));
        problems.addAll(differing(snapshot.handlers()));
        return problems;
    }

    // Whoever does not say what it processes may process anything.
    private static List<String> unhandled(QueueSnapshot snapshot) {
        if (snapshot.handlers().stream().anyMatch(it -> it.flow() == null)) {
            return List.of();
        }
        var handled =
                snapshot.handlers().stream().map(LiveHandler::flow).collect(Collectors.toCollection(TreeSet::new));
        List<String> waiting = snapshot.oldestAges().entrySet().stream()
                .filter(it -> it.getValue().compareTo(PATIENCE) >= 0 && !handled.contains(it.getKey()))
                .sorted(Map.Entry.<String, Duration>comparingByValue().reversed())
                .map(Map.Entry::getKey)
                .toList();
        var problems = new ArrayList<String>();
        waiting.stream()
                .limit(MOST)
                .forEach(flow ->
                        problems.add("Records of flow %s have been due for %s, and no live replica processes it%s"
                                .formatted(
                                        flow,
                                        people(snapshot.oldestAge(flow)),
                                        handled.isEmpty()
                                                ? ""
                                                : "; the nearest flow that one does is " + Nearest.to(flow, handled))));
        if (waiting.size() > MOST) {
            problems.add(
                    "%d more flows have due records that no live replica processes".formatted(waiting.size() - MOST));
        }
        return problems;
    }

    private static List<String> differing(List<LiveHandler> live) {
        var byFlow = new TreeMap<String, List<LiveHandler>>();
        live.stream()
                .filter(it -> it.settled() && it.flow() != null && it.handler() != null)
                .forEach(it -> byFlow.computeIfAbsent(Objects.requireNonNull(it.flow()), flow -> new ArrayList<>())
                        .add(it));
        var problems = new ArrayList<String>();
        byFlow.forEach((flow, replicas) -> {
            var byClass = new TreeMap<String, LiveHandler>();
            replicas.forEach(it -> byClass.putIfAbsent(handler(it).handler(), it));
            if (byClass.size() > 1) {
                problems.add(
                        "Live replicas process flow %s with different handlers: %s. Which one takes a record is chance"
                                .formatted(
                                        flow,
                                        byClass.values().stream()
                                                .map(it -> "%s on %s"
                                                        .formatted(handler(it).text(), it.host()))
                                                .collect(Collectors.joining(", "))));
            }
        });
        return problems;
    }

    private static HandledBy handler(LiveHandler live) {
        return Objects.requireNonNull(live.handler());
    }

    private static String people(Duration age) {
        return age.toMinutes() < 120 ? age.toMinutes() + " min" : age.toHours() + " h";
    }
}

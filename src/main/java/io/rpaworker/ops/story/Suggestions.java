package io.rpaworker.ops.story;

import io.rpaworker.ops.story.DeadLetterAnalysis.Hour;
import io.rpaworker.ops.story.DeadLetterAnalysis.Suggestion;
import io.rpaworker.queue.deadletter.DeadLetterFigures.Figure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the figures of dead letters suggest; the bounds are the old system's. */
final class Suggestions {

    private static final int MANY_OF_A_FLOW = 10;
    private static final int MANY_OF_A_SORT = 5;
    private static final double SPIKE = 3;

    private static final String HIGH = "high";
    private static final String MEDIUM = "medium";

    private final List<Suggestion> all = new ArrayList<>();

    private Suggestions() {}

    static List<Suggestion> of(Figure total, Map<String, Long> byFlow, List<Hour> hours) {
        var suggestions = new Suggestions();
        byFlow.forEach(suggestions::flow);
        suggestions.messages(total);
        suggestions.spikes(hours);
        return List.copyOf(suggestions.all);
    }

    private void flow(String flow, long records) {
        if (records > MANY_OF_A_FLOW) {
            all.add(new Suggestion(
                    "source_configuration",
                    HIGH,
                    "Flow %s has %d dead letters".formatted(flow, records),
                    "Look at what its handler reads and at its settings, then retry a few of them first",
                    flow,
                    null));
        }
    }

    private void messages(Figure total) {
        message(
                total.unreachable(),
                "infrastructure",
                HIGH,
                "%d dead letters are about timeouts or connections",
                "See whether what the handlers read answers in time; retry them once it does");
        message(
                total.unreadable(),
                "parser_configuration",
                MEDIUM,
                "%d dead letters are about parsing or formats",
                "Look at what the producers send, and whether the handler still fits it");
        message(
                total.exhausted(),
                "resource_scaling",
                HIGH,
                "%d dead letters are about memory or other resources",
                "Give the worker more memory, or let it do less at once: concurrency, batch-size");
    }

    private void message(long records, String type, String priority, String description, String action) {
        if (records > MANY_OF_A_SORT) {
            all.add(new Suggestion(
                    type, priority, description.replace("%d", Long.toString(records)), action, null, null));
        }
    }

    private void spikes(List<Hour> hours) {
        double mean = hours.stream().mapToLong(Hour::failureCount).average().orElse(0);
        hours.stream().filter(it -> it.failureCount() > SPIKE * mean).forEach(it -> {
            double ratio = Math.round(it.failureCount() / mean * 10) / 10.0;
            all.add(new Suggestion(
                    "incident_investigation",
                    MEDIUM,
                    "%d records became dead letters in the hour from %s, %s times the mean"
                            .formatted(it.failureCount(), it.hour(), ratio),
                    "Find out what happened then",
                    null,
                    ratio));
        });
    }
}

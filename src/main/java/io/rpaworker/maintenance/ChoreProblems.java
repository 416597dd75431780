package io.rpaworker.maintenance;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.springframework.stereotype.Component;

/**
 * What the chores of this process have found and cannot mend by themselves, so that a person has to. Each topic has one
 * problem at a time; health shows them until they are solved.
 */
@Component
public class ChoreProblems {

    private final Map<String, String> byTopic = new ConcurrentSkipListMap<>();

    ChoreProblems() {}

    /** Shows a problem from now on, instead of an earlier one of the same topic. */
    void report(String topic, String problem) {
        byTopic.put(topic, problem);
    }

    /** Shows no problem of this topic any more; nothing happens if there is none. */
    void solve(String topic) {
        byTopic.remove(topic);
    }

    /** The problems as people read them; empty if there is none. */
    public List<String> current() {
        return List.copyOf(byTopic.values());
    }
}

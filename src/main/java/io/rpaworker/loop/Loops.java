package io.rpaworker.loop;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** The loops of this process: what liveness asks for. */
@Component
public class Loops {

    private final LongSupplier nanoTime;
    private final List<Loop> loops = new CopyOnWriteArrayList<>();

    /** None yet. */
    @Autowired
    public Loops() {
        this(System::nanoTime);
    }

    Loops(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A loop that is to be started. */
    public Loop of(Role role, Step step) {
        var loop = new Loop(role, step, nanoTime);
        loops.add(loop);
        return loop;
    }

    /**
     * What keeps loops that records cannot do without from coming round, as people read it; empty if nothing does.
     *
     * @param stalledAfter a loop that is late by more is stuck
     */
    public List<String> vitalProblems(Duration stalledAfter) {
        return problems(true, stalledAfter);
    }

    /** The same of the others, without which something is missing. */
    public List<String> otherProblems(Duration stalledAfter) {
        return problems(false, stalledAfter);
    }

    private List<String> problems(boolean vital, Duration stalledAfter) {
        return loops.stream()
                .filter(it -> it.isVital() == vital)
                .map(it -> it.problem(stalledAfter))
                .flatMap(Optional::stream)
                .toList();
    }

    /** All that go on, by their threads' names: how long ago each last came round. */
    public Map<String, Duration> sinceLastRound() {
        var since = new LinkedHashMap<String, Duration>();
        loops.stream()
                .filter(Loop::isRunning)
                .forEach(it -> since.merge(it.name(), it.sinceLastRound(), Loops::longer));
        return since;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}

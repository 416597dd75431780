package io.rpaworker.loop;

import io.rpaworker.text.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Component;

/** The loops of this process: what liveness asks for. */
@Component
public class Loops {

    private final List<Loop> loops = new CopyOnWriteArrayList<>();

    /** None. */
    public Loops() {}

    /**
     * Starts a loop on a daemon thread of its own.
     *
     * @param name of the thread, after {@code rpa-}
     */
    public Loop start(String name, Runnable work) {
        var loop = new Loop(name, work);
        loop.start();
        loops.add(loop);
        return loop;
    }

    /**
     * What keeps loops from coming round, as people read it; empty if nothing does.
     *
     * @param stalledAfter a loop that is late by more is stuck
     */
    public List<String> problems(Duration stalledAfter) {
        var problems = new ArrayList<String>();
        for (Loop loop : loops) {
            String name = loop.thread().getName();
            if (loop.hasDied()) {
                problems.add("The loop %s has ended".formatted(name));
            } else if (loop.overdue().compareTo(stalledAfter) > 0) {
                problems.add("The loop %s is overdue by %s".formatted(name, DurationText.of(loop.overdue())));
            }
        }
        return problems;
    }
}

package io.rpaworker.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;

/** Where one process after the other runs: each that was killed is started anew, under another identity. */
final class Host {

    /** Starts a process's actors. */
    interface Program {
        /** Begins with an empty memory; answers with what is to be done when the process is killed. */
        Runnable start(Host host);
    }

    private final String name;
    private final long seed;
    private final Program program;
    private final DataSource postgres;
    private final List<Actor> actors = new ArrayList<>();
    private Gate gate;
    private Runnable dying = () -> {};
    private int life;
    private long awayUntil;

    Host(String name, long seed, DataSource postgres, Program program) {
        this.name = name;
        this.seed = seed;
        this.postgres = postgres;
        this.program = program;
        this.gate = new Gate(postgres);
    }

    /** Starts a new process. */
    void boot() {
        life++;
        gate = new Gate(postgres);
        actors.clear();
        dying = program.start(this);
    }

    /** Adds a thread to the process that is being started. */
    void run(String role, Actor.Script script) {
        var actor = new Actor(name + "." + role, this);
        actors.add(actor);
        actor.start(script);
    }

    /** What this process draws its luck from. */
    RandomGenerator random(String role) {
        return new SplittableRandom(seed + 31L * (role + name + life).hashCode());
    }

    String name() {
        return name;
    }

    /** The name of the process that runs. */
    String processName() {
        return name + "-" + life;
    }

    Gate gate() {
        return gate;
    }

    List<Actor> actors() {
        return actors;
    }

    /** It is killed: what its memory held is of no use. */
    void die() {
        dying.run();
    }

    boolean isDown() {
        return !actors.isEmpty() && actors.stream().allMatch(Actor::isDoomed);
    }

    /** Nothing of it runs before this step: it is frozen, or down. */
    void stayAway(long untilStep) {
        awayUntil = Math.max(awayUntil, untilStep);
    }

    void comeBack() {
        awayUntil = 0;
        actors.forEach(it -> it.stayAway(0));
    }

    boolean isAway(long step) {
        return step < awayUntil;
    }
}

package io.rpaworker.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.util.StringUtils;

/**
 * Runs what {@code -Dbench.suites} names, on one PostgreSQL, contender after contender and round after round, so that a
 * noisy machine is noisy for all of them.
 */
public final class Bench {

    private Bench() {}

    public static void main(String[] arguments) throws Exception {
        Setup setup = Setup.ofThisProcess();
        var failed = new ArrayList<String>();
        try (Server server = Server.start()) {
            Map<String, Suite> suites = suites(setup, server);
            var wanted = StringUtils.commaDelimitedListToSet(Options.text("suites"));
            if (!suites.keySet().containsAll(wanted)) {
                throw new IllegalArgumentException("-Dbench.suites=%s: there are only %s"
                        .formatted(String.join(",", wanted), String.join(",", suites.keySet())));
            }
            for (String suite : wanted) {
                if (!run(suites.get(suite))) {
                    failed.add(suite);
                }
            }
        }
        if (!failed.isEmpty()) {
            System.out.println("!!! FAILED: " + String.join(", ", failed));
            System.exit(1);
        }
    }

    private static Map<String, Suite> suites(Setup setup, Server server) {
        var drains = new Drains(setup, server);
        var suites = new LinkedHashMap<String, Suite>();
        suites.put("drain", drains::drain);
        suites.put("write", drains::write);
        suites.put("processes", drains::byProcesses);
        suites.put("tables", () -> new Tables(setup, server).run());
        suites.put("watched", () -> new Watched(setup, server).run());
        suites.put("slow", () -> new Slow(setup, server).run());
        suites.put("pauses", () -> new Pauses(setup, server).run());
        suites.put("turn", () -> new Turn(setup, server).run());
        suites.put("pickup", () -> new Pickup(setup, server).run());
        suites.put("enqueue", () -> new Enqueue(server).run());
        suites.put("idle", () -> new Idle(setup, server).run());
        suites.put("survey", () -> new Surveys(setup, server).run());
        suites.put("start", () -> new Start(setup, server).run());
        suites.put("memory", () -> new Memory(setup, server).run());
        suites.put("runs", () -> new Runs(setup, server).run());
        suites.put("soak", () -> new Soak(setup, server).run());
        suites.put("jvm", () -> new PerRecord().run());
        return suites;
    }

    // What comes after a suite that breaks off is measured all the same: it may have taken an hour to get here.
    private static boolean run(Suite suite) throws InterruptedException {
        try {
            return suite.run();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            e.printStackTrace(System.out);
            return false;
        }
    }
}

package io.rpaworker.bench;

import io.rpaworker.worker.handling.PerRecordBenchmark;
import java.util.Collection;
import java.util.Locale;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** What the JVM adds to a record, without the database, by JMH; CPU time has a budget. */
final class PerRecord {

    private final double budget = Options.fraction("budget-micros");

    boolean run() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(PerRecordBenchmark.class.getName())
                        .addProfiler(ProcessCpu.class)
                        .build())
                .run();
        RunResult result = results.iterator().next();
        double cpu = result.getSecondaryResults().get(ProcessCpu.NAME).getScore();
        boolean kept = cpu <= budget;
        System.out.printf("%n### What the JVM adds to a record%n%n");
        System.out.printf(
                Locale.ROOT,
                "CPU %.2f µs, budget %.0f µs: %s; %.2f µs by the clock%n%n",
                cpu,
                budget,
                kept ? "kept" : "EXCEEDED",
                result.getPrimaryResult().getScore());
        return kept;
    }
}

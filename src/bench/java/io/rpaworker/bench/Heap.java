package io.rpaworker.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A worker's heap, by the log of its collector. */
final class Heap {

    // As in: GC(12) Pause Full (Diagnostic Command) 57M->20M(123M) 45.678ms
    private static final Pattern PAUSE = Pattern.compile("Pause .* ([0-9]+)M->([0-9]+)M\\(([0-9]+)M\\)");

    private final Setup setup;
    private final Path log;

    Heap(Setup setup) throws IOException {
        this.setup = setup;
        this.log = setup.folder().resolve("gc.txt");
        Files.deleteIfExists(log);
    }

    /**
     * At a moment, in megabytes.
     *
     * @param live what a full collection has left
     * @param resident of the process
     */
    record Sample(double live, double resident) {}

    /** An option of the JVM. */
    String option() {
        return "-Xlog:gc:file=" + log;
    }

    /** Has everything collected that nobody needs. */
    Sample collect(Contestant worker) throws IOException, InterruptedException {
        setup.run(
                List.of(setup.java().resolveSibling("jcmd").toString(), Long.toString(worker.pid()), "GC.run"),
                setup.folder());
        double live = pauses("Pause Full \\(Diagnostic Command\\)").stream()
                .mapToDouble(it -> Double.parseDouble(it.group(2)))
                .reduce(Double.NaN, (earlier, later) -> later);
        return new Sample(live, worker.residentMegabytes());
    }

    /** The most that was used before a collection. */
    double mostMegabytes() throws IOException {
        return pauses("").stream()
                .mapToDouble(it -> Double.parseDouble(it.group(1)))
                .max()
                .orElse(Double.NaN);
    }

    /** How often all of the heap was collected although nobody had asked for it. */
    long full() throws IOException {
        return pauses("Pause Full \\((?!Diagnostic)").size();
    }

    private List<MatchResult> pauses(String kind) throws IOException {
        var wanted = Pattern.compile(kind);
        return Files.readAllLines(log).stream()
                .filter(it -> wanted.matcher(it).find())
                .flatMap(it -> PAUSE.matcher(it).results())
                .toList();
    }
}

package io.rpaworker.bench;

import io.rpaworker.local.LocalRun;
import io.rpaworker.testing.WorkerImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The survey flow on real data, as the local run does it: worker and SurveyHub's stand-in in one process, rpa_db on the
 * benchmark's PostgreSQL.
 */
final class Surveys {

    private static final int ROUNDS = 3;
    private static final Pattern LAST_LINE =
            Pattern.compile("completed=([0-9]+) failed=([0-9]+) seconds=[0-9.]+ records_per_second=([0-9]+)");

    private final Setup setup;
    private final Server server;

    Surveys(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    private record Done(long completed, long failed, double perSecond) {}

    boolean run() throws IOException, InterruptedException {
        var rounds = new ArrayList<Done>();
        for (int round = 0; round < ROUNDS; round++) {
            rounds.add(once());
        }
        double[] perSecond = rounds.stream().mapToDouble(Done::perSecond).toArray();
        System.out.printf("%n### Flow survey_processor, %d rounds%n%n", ROUNDS);
        System.out.printf(
                Locale.ROOT,
                "median %,.0f records/s of %s%n",
                Figures.median(perSecond),
                rounds.stream().map(it -> "%,.0f".formatted(it.perSecond)).toList());
        return rounds.stream()
                .allMatch(it -> it.completed > 0
                        && it.completed == rounds.getFirst().completed
                        && it.failed == rounds.getFirst().failed);
    }

    private Done once() throws IOException, InterruptedException {
        server.create(Worker.DATABASE);
        var environment = new HashMap<String, String>(Map.of(
                "RPA_LOCAL_EXIT_WHEN_DONE",
                "true",
                "SPRING_DATASOURCE_URL",
                server.url(Worker.DATABASE),
                "SPRING_DATASOURCE_USERNAME",
                "postgres",
                "SERVER_PORT",
                "0",
                "MANAGEMENT_SERVER_PORT",
                "0"));
        environment.put("RPA_LOCAL_SURVEYS", file("surveys"));
        environment.put("RPA_LOCAL_RESPONSES", file("responses"));
        Matcher last = LAST_LINE.matcher(setup.run(command(), setup.folder(), environment));
        if (!last.find()) {
            throw new IllegalStateException("The local run has not said how it went");
        }
        System.out.println("  " + last.group());
        return new Done(Long.parseLong(last.group(1)), Long.parseLong(last.group(2)), Long.parseLong(last.group(3)));
    }

    // The sample of the local run is too small to tell how fast the flow is.
    private static String file(String option) {
        String named = Options.text(option);
        Path file = Path.of(named).toAbsolutePath();
        if (!Files.isRegularFile(file)) {
            throw new IllegalStateException("-Dbench.%s has to name a CSV file; it is '%s'".formatted(option, named));
        }
        return file.toString();
    }

    private List<String> command() {
        var command = new ArrayList<String>();
        command.add(setup.java().toString());
        command.addAll(WorkerImage.JVM);
        command.addAll(List.of("-cp", setup.classPath(), LocalRun.class.getName()));
        return command;
    }
}

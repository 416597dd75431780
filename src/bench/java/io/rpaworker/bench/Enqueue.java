package io.rpaworker.bench;

import io.rpaworker.RpaWorkerApplication;
import io.rpaworker.handler.NewRecord;
import io.rpaworker.handler.RecordIntake;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Adding records through the Java API, in bulk. */
final class Enqueue {

    private static final int RECORDS = 200_000;
    private static final int ROUNDS = 5;

    private final Server server;

    Enqueue(Server server) {
        this.server = server;
    }

    boolean run() {
        server.create("rpa");
        List<NewRecord> records = IntStream.range(0, RECORDS)
                .mapToObj(i -> NewRecord.of("{\"id\":%d,\"flow\":\"orders\",\"customer\":\"c-%d\",\"amount\":%d.50,"
                                .formatted(i, i % 1000, i * 7L % 10_000)
                        + "\"note\":\"a small payload of text\"}"))
                .toList();
        var perSecond = new ArrayList<Double>();
        try (var context = new SpringApplicationBuilder(RpaWorkerApplication.class)
                .properties(
                        "spring.datasource.url=" + server.url("rpa"),
                        "spring.datasource.username=postgres",
                        "management.server.port=0",
                        "rpa.worker.enabled=false")
                .run()) {
            RecordIntake intake = context.getBean(RecordIntake.class);
            for (int round = 0; round < ROUNDS; round++) {
                long began = System.nanoTime();
                intake.add("orders", records);
                perSecond.add(RECORDS * 1e9 / (System.nanoTime() - began));
            }
        }
        double[] sorted =
                perSecond.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        System.out.printf("%n### Adding %,d records through RecordIntake%n%n", RECORDS);
        System.out.printf(
                Locale.ROOT,
                "median %,.0f records/s of %s%n",
                sorted[sorted.length / 2],
                Arrays.toString(Arrays.stream(sorted).mapToLong(Math::round).toArray()));
        return true;
    }
}

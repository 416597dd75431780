package io.rpaworker.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.rpaworker.flow.HandledBy;
import io.rpaworker.lease.LiveHandlers.LiveHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HandlerProblemsTests {

    private static final LiveHandler INVOICE =
            new LiveHandler("pod-1", true, "invoice", new HandledBy("acme.InvoiceHandler", "acme.jar", "1.2.0", null));
    private static final LiveHandler OTHER =
            new LiveHandler("pod-2", true, "invoice", new HandledBy("beta.InvoiceHandler", "beta.jar", null, null));

    @Test
    void dueRecordsThatNobodyProcessesAreNamedWithTheNearestFlow() {
        assertThat(problems(Map.of("invioce", Duration.ofMinutes(7)), INVOICE))
                .containsExactly("Records of flow invioce have been due for 7 min, and no live replica processes it;"
                        + " the nearest flow that one does is invoice");
    }

    @Test
    void capitalsAreTheSmallestMistake() {
        var brief = new LiveHandler("pod-1", true, "x1", INVOICE.handler());

        assertThat(problems(Map.of("INVOICE", Duration.ofMinutes(7)), brief, INVOICE))
                .singleElement()
                .asString()
                .endsWith("; the nearest flow that one does is invoice");
    }

    @Test
    void dueRecordsAreNamedWhereNoReplicaProcessesAnything() {
        assertThat(problems(Map.of("invoice", Duration.ofHours(5))))
                .containsExactly("Records of flow invoice have been due for 5 h, and no live replica processes it");
    }

    @Test
    void whatIsProcessedOrHasJustFallenDueIsNoProblem() {
        assertThat(problems(Map.of("invoice", Duration.ofHours(1), "new", Duration.ofSeconds(59)), INVOICE))
                .isEmpty();
    }

    @Test
    void aReplicaThatDoesNotSayMayProcessAnything() {
        assertThat(problems(Map.of("unknown", Duration.ofHours(1)), INVOICE, new LiveHandler("old", true, null, null)))
                .isEmpty();
    }

    @Test
    void manyNamesAreCountedAndTheOldestAreNamed() {
        Map<String, Duration> ages = IntStream.rangeClosed(1, 1_000)
                .boxed()
                .collect(Collectors.toMap(i -> "flow" + i, (Function<Integer, Duration>) i -> Duration.ofMinutes(i)));

        assertThat(problems(ages, INVOICE))
                .hasSize(11)
                .startsWith("Records of flow flow1000 have been due for 16 h, and no live replica processes it; the"
                        + " nearest flow that one does is invoice")
                .endsWith("990 more flows have due records that no live replica processes");
    }

    @Test
    void differentHandlersOfOneFlowAreAProblemOnceARolloutShouldBeOver() {
        assertThat(problems(Map.of(), INVOICE, OTHER))
                .containsExactly("Live replicas process flow invoice with different handlers: acme.InvoiceHandler of"
                        + " acme.jar 1.2.0 on pod-1, beta.InvoiceHandler of beta.jar on pod-2. Which one takes a record"
                        + " is chance");
        assertThat(problems(Map.of(), INVOICE, new LiveHandler(OTHER.host(), false, OTHER.flow(), OTHER.handler())))
                .isEmpty();
    }

    @Test
    void twoVersionsOfOneHandlerAreARollout() {
        assertThat(problems(
                        Map.of(),
                        INVOICE,
                        new LiveHandler(
                                "pod-3",
                                true,
                                "invoice",
                                new HandledBy("acme.InvoiceHandler", "acme.jar", "1.3.0", null))))
                .isEmpty();
    }

    private static List<String> problems(Map<String, Duration> oldest, LiveHandler... live) {
        return HandlerProblems.of(new QueueSnapshot(
                new TreeMap<>(), oldest, Map.of(), 0, List.of(), List.of(live), RunsSnapshot.NONE, 0, Duration.ZERO));
    }
}

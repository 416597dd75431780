package io.rpaworker.bench;

import io.rpaworker.bench.RunWorker.End;
import io.rpaworker.bench.RunWorker.Look;
import io.rpaworker.bench.handler.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A run of many records on a worker with little memory, beside the same records without a run; and a smaller one whose
 * flow is paused until all its records are found, so that finding and processing are measured apart.
 */
final class Runs {

    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final double MOST_LAG_SECONDS = 2;
    private static final double MOST_GROWTH = 1.25;
    private static final String SOURCE = """
            create table orders as
            select i as id, 'c-' || (i % 1000) as customer, (i * 7 % 10000) + 0.5 as amount, 'a small payload of text' as note
            from generate_series(cast(:first as bigint), cast(:last as bigint)) i
            """;

    private final Setup setup;
    private final Server server;
    private final int records = Options.number("run-records");
    private final int parts = Options.number("run-parts");

    Runs(Setup setup, Server server) {
        this.setup = setup;
        this.server = server;
    }

    private record Sample(long micros, long handled, long discovered) {}

    private record Apart(Cost added, Cost drained) {

        Cost together() {
            return added.and(drained);
        }
    }

    private record Whole(Cost cost, Look look, End end, List<Sample> samples, List<Heap.Sample> heap, Heap log) {}

    boolean run() throws Exception {
        var exact = new ArrayList<Boolean>();
        // A server of its own: what it uses is neither the worker's nor rpa_db's.
        try (Server source = Server.start()) {
            Apart plain = plain(source, records, false, exact);
            Whole whole = whole(source, exact);
            System.out.printf(
                    "%n### A run of %,d records, one worker with %s%n%n", records, Options.text("run-memory"));
            header();
            System.out.println(plain.added().row("no run: added beforehand by SQL", plain.together()));
            System.out.println(plain.drained().row("no run: drained", plain.together()));
            System.out.println(plain.together().row("no run: both", plain.together()));
            System.out.println(whole.cost().row("run: found and processed at once", plain.together()));
            boolean kept = print(whole);
            Apart less = plain(source, parts, false, exact);
            Apart keyed = plain(source, parts, true, exact);
            Apart apart = apart(source, exact);
            System.out.printf("%n### The same, found while the flow is paused, then processed%n%n");
            header();
            System.out.println(less.added().row("no run: added by SQL", less.added()));
            System.out.println(keyed.added().row("no run, with keys: added by SQL", less.added()));
            System.out.println(apart.added().row("run: found", less.added()));
            System.out.println(less.drained().row("no run: drained", less.drained()));
            System.out.println(keyed.drained().row("no run, with keys: drained", less.drained()));
            System.out.println(apart.drained().row("run: processed", less.drained()));
            System.out.println();
            return kept && !exact.contains(false);
        }
    }

    private Apart plain(Server source, int count, boolean withKeys, List<Boolean> exact) throws Exception {
        source.create("source");
        try (RunWorker worker = RunWorker.start(setup, server, source)) {
            worker.pause();
            Cost.Meter adding = worker.meter();
            worker.add(count, withKeys);
            Cost added = adding.of(count);
            Cost drained = drain(worker, count);
            exact.add(worker.isExactly(count));
            return new Apart(added, drained);
        }
    }

    private static Cost drain(RunWorker worker, int count) throws InterruptedException {
        Cost.Meter draining = worker.meter();
        worker.resume();
        worker.awaitDone(count);
        return draining.of(count);
    }

    private Apart apart(Server source, List<Boolean> exact) throws Exception {
        fill(source, parts);
        try (RunWorker worker =
                RunWorker.start(setup, server, source, "--rpa.flows.run_orders.run.max-open=100000000")) {
            worker.pause();
            Cost.Meter finding = worker.meter();
            worker.startRun();
            worker.awaitDiscovered();
            Cost found = finding.of(parts);
            Cost drained = drain(worker, parts);
            exact.add(worker.awaitEnd().rowsWritten() == 1);
            exact.add(worker.isExactly(parts));
            return new Apart(found, drained);
        }
    }

    private Whole whole(Server source, List<Boolean> exact) throws Exception {
        fill(source, records);
        try (RunWorker worker = RunWorker.start(setup, server, source)) {
            var samples = new ArrayList<Sample>();
            var heap = new ArrayList<Heap.Sample>();
            Cost.Meter meter = worker.meter();
            worker.startRun();
            long began = Progress.micros();
            samples.add(new Sample(began, 0, 0));
            var patience = Patience.of(PATIENCE);
            while (samples.getLast().handled() < records) {
                patience.check("all records handled");
                Thread.sleep(100);
                Look look = worker.look();
                samples.add(new Sample(Progress.micros(), worker.handled() - RunWorker.WARM_UP, look.discovered()));
                refuseEnded(look);
                double share = (double) samples.getLast().handled() / records;
                if (share < 1 && share >= (heap.isEmpty() ? 0.1 : 0.5) && heap.size() < 2) {
                    heap.add(worker.heap().collect(worker.contestant()));
                }
            }
            End end = worker.awaitEnd();
            Cost cost = meter.of(records);
            heap.add(worker.heap().collect(worker.contestant()));
            exact.add(end.rowsWritten() == 1);
            exact.add(worker.isExactly(records));
            return new Whole(cost, worker.look(), end, samples, heap, worker.heap());
        }
    }

    private static void refuseEnded(Look look) {
        if (look.state().equals("failed")) {
            throw new IllegalStateException("The run has failed");
        }
    }

    private static void fill(Server source, int count) {
        var db = source.create("source");
        db.sql(SOURCE)
                .param("first", RunWorker.WARM_UP + 1)
                .param("last", RunWorker.WARM_UP + count)
                .update();
        db.sql("alter table orders add primary key (id)").update();
        source.settle(db);
    }

    private static void header() {
        System.out.println(
                "| | records | records/s | CPU ms PostgreSQL + worker + source | of no run | WAL B | of no run | others |");
        System.out.println("|---|---|---|---|---|---|---|---|");
    }

    private boolean print(Whole whole) throws IOException {
        Look look = whole.look();
        End end = whole.end();
        Double discovery = look.discoverySeconds();
        System.out.printf(
                Locale.ROOT,
                "%nfound %,.0f records/s in %,d pages, processed %,.0f records/s; state %s%n",
                look.discovered() / (discovery == null ? Double.NaN : discovery),
                look.pages(),
                records / end.processingSeconds(),
                look.state());
        System.out.printf(
                Locale.ROOT,
                "end of the run after the last record's: %.2f s, noticed after %.2f s (at most %.0f s)%n%n",
                end.lagSeconds(),
                end.noticedSeconds(),
                MOST_LAG_SECONDS);
        System.out.println("| at | heap after GC MB | resident MB |");
        System.out.println("|---|---|---|");
        List<String> at = List.of("10 %", "50 %", "100 %");
        for (int i = 0; i < whole.heap().size(); i++) {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.0f | %.0f |%n",
                    at.get(i),
                    whole.heap().get(i).live(),
                    whole.heap().get(i).resident());
        }
        Heap.Sample first = whole.heap().getFirst();
        Heap.Sample last = whole.heap().getLast();
        System.out.printf(
                Locale.ROOT,
                "%nlast to first: heap %.2f, resident %.2f; most heap used %.0f MB; full collections of its own: %d%n%n",
                last.live() / first.live(),
                last.resident() / first.resident(),
                whole.log().mostMegabytes(),
                whole.log().full());
        tenths(whole.samples());
        return end.lagSeconds() <= MOST_LAG_SECONDS
                && whole.heap().size() == at.size()
                && last.live() <= MOST_GROWTH * first.live()
                && look.state().equals("completed");
    }

    // Whether it slows down, and whether discovery keeps up.
    private void tenths(List<Sample> samples) {
        var rates = new ArrayList<String>();
        var waiting = new ArrayList<String>();
        Sample from = samples.getFirst();
        for (int tenth = 1; tenth <= 10; tenth++) {
            double until = records * tenth / 10.0;
            Sample to = samples.stream()
                    .filter(it -> it.handled() >= until)
                    .findFirst()
                    .orElse(samples.getLast());
            rates.add(
                    to == from
                            ? "-"
                            : String.format(
                                    Locale.ROOT,
                                    "%,.0f",
                                    (to.handled() - from.handled()) * 1e6 / (to.micros() - from.micros())));
            waiting.add(String.format(Locale.ROOT, "%,d", to.discovered() - to.handled()));
            from = to;
        }
        System.out.println("records/s of each tenth: " + String.join("; ", rates));
        System.out.println("found and not handled at the end of each: " + String.join("; ", waiting));
        System.out.println();
    }
}
